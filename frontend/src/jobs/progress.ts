import type { JobStatus, Progress, Run } from "../api/types";

export type Counters = NonNullable<Run["counters"]>;

export interface Tick {
  at: number;
  done: number;
}

const WINDOW_MS = 60_000;
const LEAST_SPAN_MS = 10_000;
const SETTLING_MS = 2_000;

/** Rate over the last minute; a job that stands still loses its rate instead of keeping an old one. */
export class RateMeter {
  private ticks: Tick[] = [];

  add(done: number, at: number): void {
    const last = this.ticks.at(-1);
    // What arrives just after the page was drawn corrects its first figure; it is no progress.
    const settling = this.ticks.length === 1 && last && at - last.at < SETTLING_MS;
    if (last && (done < last.done || settling)) this.ticks = [];
    this.ticks.push({ at, done });
    while (this.ticks.length > 2 && (this.ticks[0] as Tick).at < at - WINDOW_MS) this.ticks.shift();
  }

  /** Units a second, or null while nothing can be said. */
  rate(now: number): number | null {
    const first = this.ticks[0];
    const last = this.ticks.at(-1);
    if (!first || !last || last.done === first.done) return null;
    if (now - first.at < LEAST_SPAN_MS) return null;
    return ((last.done - first.done) / Math.max(now - first.at, 1)) * 1000;
  }
}

/** Seconds left as a band, or null; wide at the start and narrow at the end. */
export function etaBand(progress: Progress, rate: number | null): [number, number] | null {
  const left = progress.total - progress.done - progress.failed;
  if (!rate || rate <= 0 || left <= 0) return null;
  const middle = left / rate;
  const spread = 0.1 + 0.3 * (1 - Math.min(1, progress.fraction));
  return [middle * (1 - spread), middle * (1 + spread)];
}

export type Tone = "good" | "running" | "attention" | "failed" | "paused" | "waiting";

export const STATUS: Record<JobStatus, { tone: Tone; word: string }> = {
  created: { tone: "waiting", word: "Planning" },
  queued: { tone: "waiting", word: "Queued" },
  running: { tone: "running", word: "Running" },
  paused: { tone: "paused", word: "Paused" },
  finished: { tone: "good", word: "Finished" },
  finished_with_errors: { tone: "attention", word: "Finished with errors" },
  error: { tone: "failed", word: "Error" },
  canceling: { tone: "waiting", word: "Canceling" },
  canceled: { tone: "waiting", word: "Canceled" },
};

export function isTerminal(status: JobStatus): boolean {
  return ["finished", "finished_with_errors", "error", "canceled"].includes(status);
}

export type JobAction = "pause" | "resume" | "cancel" | "retry";

/** The buttons that can do something in a state. */
export function actionsFor(status: JobStatus): JobAction[] {
  if (status === "paused") return ["resume", "cancel"];
  if (status === "canceling") return [];
  if (isTerminal(status)) return status === "finished" ? [] : ["retry"];
  return ["pause", "cancel"];
}

/** One sentence for the live region. */
export function spokenProgress(progress: Progress, eta: [number, number] | null): string {
  const share = `${Math.round(progress.fraction * 100)} %`;
  if (!eta) return share;
  const minutes = Math.max(1, Math.round((eta[0] + eta[1]) / 2 / 60));
  return `${share}, about ${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
}

/** Parts of a progress bar, as shares of one: reused, then done, then failed. */
export function sharesOf(
  progress: Progress,
  counters: Counters | undefined,
): { share: number; kind: string }[] {
  const total = Math.max(1, progress.total);
  const reused = Math.min(counters?.reused ?? 0, progress.done) / total;
  const failed = progress.failed / total;
  const done = Math.min(1, progress.fraction) - reused - failed;
  return [
    { share: reused, kind: "reused" },
    { share: Math.max(0, done), kind: "done" },
    { share: failed, kind: "lost" },
  ];
}
