import type { Map as LeafletMap, TileLayer } from "leaflet";
import { tileLayer } from "leaflet";
import { ApiError, getJson, postJson } from "../api/client";
import type {
  BlockFeature,
  BlockState,
  Blocks,
  Job,
  JobStatus,
  Layer,
  Progress,
} from "../api/types";
import {
  etaBand,
  isTerminal,
  type JobAction,
  RateMeter,
  STATUS,
  spokenProgress,
} from "../jobs/progress";
import { type Snapshot, Stream, type StreamMessage, socketAddress } from "../jobs/socket";
import { onMap } from "../leaflet/page";
import { BlockOverlay } from "../map/blocks";
import { boundsOf, prepareMap } from "../map/setup";
import { bar, byId, pageData } from "../ui/dom";
import { count, durationBand } from "../ui/format";
import { toast } from "../ui/toast";

interface PageData {
  id: string;
  status: JobStatus;
  progress: Progress;
}

const SPEAK_MS = 10_000;
const PARTS_MS = 1_500;
/** Blocks under way are told by no message; a list of this size is read again now and then. */
const RUNNING_MS = 3_000;
const RUNNING_MAX_BLOCKS = 2_000;

class JobPage {
  private readonly meter = new RateMeter();
  private readonly stream: Stream;
  private readonly blocks: BlockOverlay;
  private status: JobStatus;
  private result: TileLayer | null = null;
  private spokenAt = 0;
  private blocksAt = 0;
  private partsTimer: ReturnType<typeof setTimeout> | undefined;
  private reading: Promise<void> | null = null;

  constructor(
    private readonly map: LeafletMap,
    private readonly data: PageData,
  ) {
    prepareMap(map, "topright");
    this.status = data.status;
    this.blocks = new BlockOverlay(map);
    this.showProgress(data.progress);
    this.stream = new Stream({
      socketUrl: socketAddress(`/ws/jobs/${data.id}/`),
      fetchSince: (seq) => getJson<Snapshot>(`${this.api("events")}?since=${seq}`),
      onMessage: (message) => this.onMessage(message),
      onReset: () => this.readAll(),
      onLink: (live) => this.showLink(live),
    });
    document.addEventListener("click", (event) => this.onClick(event));
    this.readAll();
    if (!isTerminal(this.status)) this.stream.start();
  }

  private api(part = ""): string {
    return `/api/v1/jobs/${this.data.id}/${part ? `${part}/` : ""}`;
  }

  private readAll(): void {
    void this.readJob();
    void this.readBlocks();
    this.refreshParts();
  }

  private readJob(): Promise<void> {
    this.reading ??= getJson<Job>(this.api())
      .then((job) => this.showJob(job))
      .catch(() => undefined)
      .finally(() => {
        this.reading = null;
      });
    return this.reading;
  }

  private async readBlocks(): Promise<void> {
    this.blocksAt = Date.now();
    const all: BlockFeature[] = [];
    let next: string | null = `${this.api("blocks")}?page_size=500`;
    while (next) {
      const page: Blocks | null = await getJson<Blocks>(next).catch(() => null);
      if (!page) return;
      all.push(...(page.features as BlockFeature[]));
      next = page.next ?? null;
    }
    this.blocks.show({ type: "FeatureCollection", features: all });
    this.showCounts();
  }

  private onMessage(message: StreamMessage): void {
    switch (message.type) {
      case "counters":
        this.showProgress({ ...this.data.progress, ...progressOf(message) });
        this.readRunning();
        break;
      case "blocks":
        this.setBlocks(message);
        break;
      case "blocks_changed":
        void this.readBlocks();
        break;
      default:
        void this.readJob();
        if (this.blocks.size === 0) void this.readBlocks();
    }
    this.refreshParts();
  }

  private readRunning(): void {
    const due = Date.now() - this.blocksAt > RUNNING_MS;
    if (due && this.blocks.size > 0 && this.blocks.size <= RUNNING_MAX_BLOCKS)
      void this.readBlocks();
  }

  private setBlocks(message: StreamMessage): void {
    const rows = (message.blocks ?? []) as [number, number, BlockState][];
    const known = rows.map(([iy, ix, state]) => this.blocks.set(ix, iy, state));
    if (known.includes(false)) void this.readBlocks();
    else this.showCounts();
  }

  private showJob(job: Job): void {
    this.showProgress(job.progress);
    if (job.status !== this.status) {
      this.status = job.status;
      byId("live-region").textContent = `The job is ${STATUS[job.status].word.toLowerCase()}.`;
      this.refreshParts();
    }
    if (!isTerminal(job.status)) return;
    this.stream.stop();
    this.showLink(false);
    byId("eta").textContent = "–";
    void this.readBlocks();
    const layer = job.outputs.layers?.[0];
    if (layer && !this.result) void this.showResult(layer);
  }

  private showProgress(progress: Progress): void {
    this.data.progress = progress;
    const now = Date.now();
    this.meter.add(progress.done + progress.failed, now);
    const rate = this.meter.rate(now);
    const eta = isTerminal(this.status) ? null : etaBand(progress, rate);
    byId("percent").firstChild?.replaceWith((progress.fraction * 100).toFixed(1));
    byId("units").textContent = `${count(progress.done)} of ${count(progress.total)}`;
    byId("rate").firstChild?.replaceWith(rate ? (rate * 60).toFixed(rate * 60 < 10 ? 1 : 0) : "–");
    byId("eta").textContent = eta ? durationBand(...eta) : "–";
    const total = Math.max(1, progress.total);
    const drawn = bar(
      [
        { share: Math.min(1, progress.fraction) - progress.failed / total, kind: "done" },
        { share: progress.failed / total, kind: "lost" },
      ],
      "bar tall",
    );
    byId("progress-bar").replaceChildren(drawn);
    byId("progress-bar").setAttribute("aria-valuenow", String(Math.round(progress.fraction * 100)));
    if (now - this.spokenAt > SPEAK_MS && !isTerminal(this.status)) {
      this.spokenAt = now;
      byId("live-region").textContent = spokenProgress(progress, eta);
    }
  }

  private showCounts(): void {
    const counts = this.blocks.counts();
    for (const cell of document.querySelectorAll<HTMLElement>("[data-block-count]")) {
      const states = (cell.dataset.blockCount ?? "").split(" ") as BlockState[];
      cell.textContent = count(states.reduce((sum, state) => sum + (counts[state] ?? 0), 0));
    }
    byId("block-legend").hidden = this.blocks.size === 0;
  }

  private showLink(live: boolean): void {
    byId("live-state").textContent = isTerminal(this.status)
      ? "Complete"
      : live
        ? "Following live"
        : "Asking every 15 s";
  }

  private async showResult(id: string): Promise<void> {
    const layer = await getJson<Layer>(`/api/v1/layers/${id}/`).catch(() => null);
    if (!layer) return;
    this.result = tileLayer(layer.tiles, { maxZoom: 22, bounds: boundsOf(layer.bbox) as never });
    this.result.addTo(this.map);
    this.blocks.uncover();
    this.map.fitBounds(boundsOf(layer.bbox), {
      paddingTopLeft: [32, 32],
      paddingBottomRight: [32, 76],
    });
  }

  /** Stages, warnings, failures, outputs and log are rendered by the server; htmx swaps them in. */
  private refreshParts(): void {
    if (this.partsTimer) return;
    this.partsTimer = setTimeout(() => {
      this.partsTimer = undefined;
      document.body.dispatchEvent(new CustomEvent("job-changed"));
    }, PARTS_MS);
  }

  private onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest<HTMLButtonElement>("[data-job-action]");
    if (button) void this.act(button.dataset.jobAction as JobAction, button);
  }

  private async act(action: JobAction, button: HTMLButtonElement): Promise<void> {
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      await postJson(this.api(action), {});
      if (action === "retry") {
        location.reload();
        return;
      }
    } catch (error) {
      toast(error instanceof ApiError ? error.message : String(error), "failed");
    }
    button.disabled = false;
    button.removeAttribute("aria-busy");
    document.querySelector<HTMLDialogElement>("#cancel-dialog")?.close();
    await this.readJob();
    this.refreshParts();
  }
}

function progressOf(message: StreamMessage): Partial<Progress> {
  const source = (message.progress ?? message.counters ?? message) as Record<string, unknown>;
  const found: Partial<Progress> = {};
  for (const name of ["done", "total", "failed", "fraction"] as const) {
    if (typeof source[name] === "number") found[name] = source[name];
  }
  return found;
}

onMap("map", (map) => new JobPage(map, pageData<PageData>("job-data")));
