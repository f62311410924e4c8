import type { JobStatus, Progress } from "../api/types";
import { etaBand, RateMeter, STATUS } from "../jobs/progress";
import type { StreamMessage } from "../jobs/socket";
import { bar } from "../ui/dom";
import { count, durationBand, percent } from "../ui/format";

interface Followed {
  meter: RateMeter;
  status: JobStatus;
  progress: Progress;
}

/** What a message of the project's stream changes on the board. */
export type Effect = "row" | "board";

/** Rates and times of the jobs under way, from their counters. No drawing. */
export class LiveJobs {
  private readonly jobs = new Map<string, Followed>();

  put(id: string, status: JobStatus, progress: Progress, now: number): void {
    const known = this.jobs.get(id) ?? { meter: new RateMeter(), status, progress };
    known.meter.add(progress.done + progress.failed, now);
    this.jobs.set(id, { meter: known.meter, status, progress });
  }

  /** A new job, or one whose status changed, changes more than its own row. */
  take(message: StreamMessage, now: number): Effect {
    const id = String(message.job ?? "");
    const before = this.jobs.get(id);
    const status = message.status as JobStatus | undefined;
    const progress = message.progress as Progress | undefined;
    if (!before || !status || !progress) return "board";
    const changed = before.status !== status || before.progress.failed !== progress.failed;
    this.put(id, status, progress, now);
    return changed ? "board" : "row";
  }

  /** Done and pace in words: "412 of 900", "Running · 12/min · 10 – 20 min". */
  words(id: string, now: number, startedAt: number | null): { units: string; pace: string } | null {
    const job = this.jobs.get(id);
    if (!job) return null;
    const { progress, status } = job;
    const failed = progress.failed ? ` · ${count(progress.failed)} failed` : "";
    const rate = job.meter.rate(now) ?? averageRate(progress, startedAt, now);
    const eta = status === "running" ? etaBand(progress, rate) : null;
    const parts = [STATUS[status]?.word ?? status];
    if (status === "running" && rate) parts.push(paceText(rate));
    if (eta) parts.push(durationBand(...eta));
    return {
      units: `${count(progress.done)} of ${count(progress.total)}${failed}`,
      pace: parts.join(" · "),
    };
  }

  progressOf(id: string): Progress | null {
    return this.jobs.get(id)?.progress ?? null;
  }
}

/** The pace since the start, while the last minute says nothing yet. */
export function averageRate(
  progress: Progress,
  startedAt: number | null,
  now: number,
): number | null {
  const settled = progress.done + progress.failed;
  if (!startedAt || settled === 0 || now - startedAt < 10_000) return null;
  return (settled / (now - startedAt)) * 1000;
}

function paceText(rate: number): string {
  const perMinute = rate * 60;
  return `${perMinute < 10 ? perMinute.toFixed(1) : Math.round(perMinute)} blocks/min`;
}

/** Writes the figures of one job into its row. */
export function drawRow(row: HTMLElement, live: LiveJobs, now: number): void {
  const id = row.dataset.job ?? "";
  const progress = live.progressOf(id);
  const started = Date.parse(row.dataset.started ?? "");
  const words = live.words(id, now, Number.isFinite(started) ? started : null);
  if (!progress || !words) return;
  const part = (name: string): HTMLElement | null => row.querySelector(`[data-part="${name}"]`);
  const total = Math.max(1, progress.total);
  part("percent")?.replaceChildren(percent(progress.fraction, 0));
  part("units")?.replaceChildren(words.units);
  part("pace")?.replaceChildren(words.pace);
  part("bar")?.replaceChildren(
    bar([
      { share: progress.done / total, kind: "done" },
      { share: progress.failed / total, kind: "lost" },
    ]),
  );
}
