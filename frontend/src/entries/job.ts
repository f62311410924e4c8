import type { Map as LeafletMap } from "leaflet";
import { getJson } from "../api/client";
import type { BlockState, Job, JobStatus, Progress } from "../api/types";
import { JobActions } from "../jobs/actions";
import { JobMap, type SceneChoice } from "../jobs/job_map";
import { LogView } from "../jobs/log_view";
import {
  type Counters,
  etaBand,
  isTerminal,
  RateMeter,
  STATUS,
  sharesOf,
  spokenProgress,
} from "../jobs/progress";
import { type Snapshot, Stream, type StreamMessage, socketAddress } from "../jobs/socket";
import { onMap } from "../leaflet/page";
import { prepareMap } from "../map/setup";
import { bar, byId, icon, pageData } from "../ui/dom";
import { count, durationBand } from "../ui/format";
import { bindKeys } from "../ui/keys";
import { TabState } from "../ui/tab_state";

interface PageData {
  id: string;
  run: number;
  latest: boolean;
  status: JobStatus;
  progress: Progress;
  counters: Counters;
  may_act: boolean;
  scenes: SceneChoice[];
}

const SPEAK_MS = 10_000;
const PARTS_MS = 2_000;
/** Blocks under way are told by no message; the list is read again now and then. */
const RUNNING_MS = 3_000;

class JobPage {
  private readonly meter = new RateMeter();
  private readonly stream: Stream;
  private readonly map: JobMap;
  private readonly log: LogView;
  private readonly tabs: TabState;
  private status: JobStatus;
  private spokenAt = 0;
  private partsTimer: ReturnType<typeof setTimeout> | undefined;
  private reading: Promise<void> | null = null;

  constructor(
    map: LeafletMap,
    private readonly data: PageData,
  ) {
    prepareMap(map, "topright");
    this.status = data.status;
    const { run, latest, scenes } = data;
    const panel = byId("panel-blocks");
    this.map = new JobMap(map, (part) => this.api(part), run, latest, scenes, panel);
    this.log = new LogView(
      this.api("log"),
      run,
      byId("log-lines"),
      byId<HTMLFormElement>("log-tools"),
      byId<HTMLAnchorElement>("log-download"),
    );
    const list = document.querySelector(".job-tabs") as HTMLElement;
    this.tabs = new TabState(list, "tab", (id) => this.onTab(id));
    const actions = new JobActions(
      (part) => this.api(part),
      () => this.readJob(),
    );
    this.bindKeys(actions);
    this.showProgress(data.progress, data.counters);
    this.stream = new Stream({
      socketUrl: socketAddress(`/ws/jobs/${data.id}/`),
      fetchSince: (seq) => getJson<Snapshot>(`${this.api("events")}?since=${seq}`),
      onMessage: (message) => this.onMessage(message),
      onReset: () => this.readAll(),
      onLink: (live) => this.showLink(live),
    });
    document.addEventListener("click", (event) => this.onClick(event));
    void this.map.readBlocks();
    void this.map.readLayer();
    this.showLink(false);
    if (latest && !isTerminal(this.status)) this.stream.start();
  }

  private api(part = ""): string {
    return `/api/v1/jobs/${this.data.id}/${part ? `${part}/` : ""}`;
  }

  private bindKeys(actions: JobActions): void {
    const tab = (id: string) => () => this.tabs.show(id, true);
    bindKeys([
      { key: "l", label: "Log", run: tab("log") },
      { key: "b", label: "Blocks as a table", run: tab("blocks") },
    ]);
    if (!this.data.may_act || !this.data.latest) return;
    bindKeys([
      { key: "p", label: "Pause or resume", run: () => actions.press("pause", "resume") },
      { key: "r", label: "Retry what failed", run: () => actions.press("retry") },
    ]);
  }

  private readAll(): void {
    void this.readJob();
    void this.map.readBlocks();
    void this.map.readLayer();
    this.log.news();
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

  private onMessage(message: StreamMessage): void {
    switch (message.type) {
      case "counters":
        this.showProgress(message.progress as Progress, message.counters as Counters | undefined);
        this.readRunning();
        break;
      case "blocks":
        this.setBlocks(message);
        break;
      case "blocks_changed":
        void this.map.readBlocks();
        break;
      case "building":
        void this.map.readLayer();
        break;
      default:
        void this.readJob();
        if (this.map.size === 0) void this.map.readBlocks();
    }
    this.log.news();
    this.refreshParts();
  }

  private readRunning(): void {
    const rest = Math.max(RUNNING_MS, this.map.size / 2);
    if (this.map.size > 0 && Date.now() - this.map.readAt > rest) void this.map.readBlocks();
  }

  private setBlocks(message: StreamMessage): void {
    const rows = (message.blocks ?? []) as [number, number, BlockState][];
    if (!this.map.setBlocks(rows)) void this.map.readBlocks();
  }

  private async showJob(job: Job): Promise<void> {
    const run = job.runs.find(({ number }) => number === this.data.run) ?? job.runs.at(-1);
    this.showProgress(job.progress, run?.counters);
    if (job.status !== this.status) {
      this.status = job.status;
      byId("live-region").textContent = `The job is ${STATUS[job.status].word.toLowerCase()}.`;
    }
    this.refreshParts();
    if (!isTerminal(job.status)) return;
    this.stream.stop();
    this.showLink(false);
    byId("eta").textContent = "–";
    await this.map.readBlocks();
    await this.map.readLayer();
  }

  private showProgress(progress: Progress, counters?: Counters): void {
    this.data.progress = progress;
    if (counters) this.data.counters = counters;
    const now = Date.now();
    this.meter.add(progress.done + progress.failed, now);
    const rate = this.meter.rate(now);
    const eta = isTerminal(this.status) ? null : etaBand(progress, rate);
    byId("percent").firstChild?.replaceWith((progress.fraction * 100).toFixed(1));
    byId("units").textContent = `${count(progress.done)} of ${count(progress.total)}`;
    byId("rate").firstChild?.replaceWith(rate ? (rate * 60).toFixed(rate * 60 < 10 ? 1 : 0) : "–");
    byId("eta").textContent = eta ? durationBand(...eta) : "–";
    byId("progress-bar").replaceChildren(bar(sharesOf(progress, this.data.counters), "bar tall"));
    byId("progress-bar").setAttribute("aria-valuenow", String(Math.round(progress.fraction * 100)));
    if (now - this.spokenAt > SPEAK_MS && !isTerminal(this.status)) {
      this.spokenAt = now;
      byId("live-region").textContent = spokenProgress(progress, eta);
    }
  }

  private showLink(live: boolean): void {
    const [tone, words] = !this.data.latest
      ? ["good", "An earlier attempt"]
      : isTerminal(this.status)
        ? ["good", "Complete"]
        : live
          ? ["running", "Following live"]
          : ["attention", "No live connection: asking every 15 s"];
    byId("live-state").textContent = words as string;
    byId("live-icon").replaceChildren(icon(tone as string, `icon tone-${tone}`));
  }

  private onTab(id: string): void {
    if (id === "blocks") this.map.table.show();
    this.refreshRecords();
  }

  private onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const place = target?.closest<HTMLElement>("[data-show-block]")?.dataset.showBlock;
    if (!place) return;
    this.tabs.show("blocks");
    this.map.showBlock(place);
  }

  /** Stages, failures, outputs and records are rendered by the server; htmx swaps them in. */
  private refreshParts(): void {
    if (this.partsTimer) return;
    this.partsTimer = setTimeout(() => {
      this.partsTimer = undefined;
      if (!this.isBusy()) document.body.dispatchEvent(new CustomEvent("job-changed"));
      this.refreshRecords();
    }, PARTS_MS);
  }

  /** Nothing is swapped away under a person's hands. */
  private isBusy(): boolean {
    const focus = document.activeElement;
    const typing = focus instanceof HTMLInputElement && focus.form?.id === "priority-form";
    return typing || document.querySelector(".api-menu[open]") !== null;
  }

  private refreshRecords(): void {
    for (const id of ["panel-attempts", "panel-resources"]) {
      const panel = byId(id);
      if (!panel.hidden) panel.dispatchEvent(new CustomEvent("records-changed"));
    }
  }
}

onMap("map", (map) => new JobPage(map, pageData<PageData>("job-data")));
