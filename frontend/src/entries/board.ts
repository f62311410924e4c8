import type { Map as LeafletMap } from "leaflet";
import { getJson, postJson } from "../api/client";
import type { JobStatus, Progress } from "../api/types";
import { loadAreas } from "../areas/load";
import { drawBar } from "../board/bar";
import { drawRow, LiveJobs } from "../board/live";
import { ProductionMap } from "../board/production_map";
import { type BoardData, BoardState, WHOLE } from "../board/state";
import { BoardTable } from "../board/table";
import { type Snapshot, Stream, type StreamMessage, socketAddress } from "../jobs/socket";
import { onMap } from "../leaflet/page";
import { Lasso } from "../map/lasso";
import { boundsOf, prepareMap } from "../map/setup";
import { byId, element, icon, pageData } from "../ui/dom";
import { saveJson } from "../ui/download";
import { bindKeys } from "../ui/keys";
import { readState, writeState } from "../ui/permalink_state";
import { toast } from "../ui/toast";

const REFRESH_MS = 2_500;
const CLOCK_MS = 5_000;

class BoardPage {
  private readonly state: BoardState;
  private readonly drawn: ProductionMap;
  private readonly table: BoardTable;
  private readonly lasso: Lasso;
  private readonly live = new LiveJobs();
  private refreshTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly map: LeafletMap,
    private readonly data: BoardData,
  ) {
    prepareMap(map, "topright");
    this.state = new BoardState(data);
    this.drawn = new ProductionMap(map, this.state);
    this.table = new BoardTable(byId("board-table"), this.state, () => this.showTable(false));
    this.lasso = new Lasso(map, (ring) => {
      const caught = this.state.lasso(ring);
      this.say(`${caught} ${this.state.noun}s chosen with the lasso.`);
    });
    this.state.onChange(() => this.changed());
    this.bind();
    this.takeJobs(data);
    this.drawLegend();
    this.follow();
    void this.outlines();
    if (readState().get("table")) this.showTable(true);
  }

  private async outlines(): Promise<void> {
    if (this.state.get(WHOLE) || this.state.areas.length === 0) return;
    const { project } = this.data;
    const draw = this.drawn.add.bind(this.drawn);
    await loadAreas(project, draw, this.state.noun).catch((error: unknown) =>
      toast(
        `The outlines could not be read. ${error instanceof Error ? error.message : ""}`,
        "failed",
      ),
    );
    this.state.choose((readState().get("areas") ?? "").split(","));
  }

  private bind(): void {
    byId("board-lasso").addEventListener("click", () => this.arm(!this.lasso.on));
    byId("board-table-toggle").addEventListener("click", () => {
      this.showTable(byId("board-table").hidden === true);
    });
    document.addEventListener("click", (event) => {
      const button =
        event.target instanceof Element
          ? event.target.closest<HTMLButtonElement>("[data-retry]")
          : null;
      if (button) void this.retry(button);
    });
    document.body.addEventListener("htmx:afterSettle", () => this.swapped());
    const some = (): boolean => this.state.selected.length > 0;
    const open = (url: string | null): void => {
      if (url) location.assign(url);
    };
    bindKeys([
      { key: "l", label: "Choose areas with a lasso", run: () => this.arm(true) },
      {
        key: "t",
        label: "Areas as a table",
        run: () => this.showTable(byId("board-table").hidden === true),
      },
      {
        key: "v",
        label: "Review the chosen areas",
        run: () => open(this.state.reviewUrl(this.view())),
        when: some,
      },
      {
        key: "r",
        label: "Launch on the chosen areas",
        run: () => open(this.state.launchUrl()),
        when: () => some() && this.data.mayEdit,
      },
      {
        key: "Escape",
        label: "Choose none",
        run: () => this.escape(),
        when: () => some() || this.lasso.on,
      },
    ]);
  }

  private escape(): void {
    if (this.lasso.on) this.arm(false);
    else this.state.clear();
  }

  private arm(on: boolean): void {
    this.lasso.arm(on);
    byId("board-lasso").setAttribute("aria-pressed", String(on));
  }

  private showTable(on: boolean): void {
    this.table.toggle(on);
    byId("board-table-toggle").setAttribute("aria-pressed", String(on));
    writeState({ table: on ? "1" : null });
    if (!on) byId("board-table-toggle").focus();
  }

  private changed(): void {
    byId("board-lasso").setAttribute("aria-pressed", String(this.lasso.on));
    drawBar(byId("board-bar"), this.state, {
      view: () => this.view(),
      exported: () => this.exported(),
    });
    writeState({ areas: this.state.link });
  }

  /** The view of the map page that shows the chosen areas. */
  private view(): string | null {
    const box = this.state.selectedBox;
    if (!box) return null;
    const zoom = Math.min(16, this.map.getBoundsZoom(boundsOf(box)));
    const [lat, lon] = [(box[1] + box[3]) / 2, (box[0] + box[2]) / 2];
    return `${zoom}/${lat.toFixed(5)}/${lon.toFixed(5)}`;
  }

  private exported(): void {
    const features = this.state.selected.map((area) => ({
      type: "Feature",
      id: area.id,
      geometry: this.drawn.geometryOf(area.id) ?? null,
      properties: {
        name: area.name,
        area_km2: area.area_km2,
        stage: area.stage,
        state: area.state,
        open_remarks: area.open_remarks,
      },
    }));
    saveJson(`${this.data.slug}-areas.geojson`, { type: "FeatureCollection", features });
  }

  private follow(): void {
    const { project } = this.data;
    new Stream({
      socketUrl: socketAddress(`/ws/projects/${project}/`),
      fetchSince: (seq) => getJson<Snapshot>(`/api/v1/projects/${project}/events/?since=${seq}`),
      onMessage: (message) => this.heard(message),
      onReset: () => this.refresh(),
    }).start();
    setInterval(() => this.drawJobs(), CLOCK_MS);
  }

  private heard(message: StreamMessage): void {
    if (message.type !== "counters") return;
    const known = document.querySelector<HTMLElement>(
      `[data-job="${CSS.escape(String(message.job))}"]`,
    );
    const effect = this.live.take(message, Date.now());
    if (known) drawRow(known, this.live, Date.now());
    if (effect === "board") this.refresh();
  }

  /** The server draws strip, steps, jobs and failures again; htmx swaps them in. */
  private refresh(): void {
    if (this.refreshTimer) return;
    this.refreshTimer = setTimeout(() => {
      this.refreshTimer = undefined;
      document.body.dispatchEvent(new CustomEvent("board-changed"));
    }, REFRESH_MS);
  }

  private swapped(): void {
    const fresh = pageData<BoardData>("board-data");
    const before = this.state.areas.length;
    this.takeJobs(fresh);
    this.state.update(fresh);
    this.drawLegend();
    this.drawJobs();
    if (fresh.areas.length > before) void this.outlines();
  }

  private takeJobs(data: BoardData): void {
    for (const job of data.jobs) {
      this.live.put(job.id, job.status as JobStatus, job.progress as Progress, Date.now());
    }
  }

  private drawJobs(): void {
    for (const row of document.querySelectorAll<HTMLElement>("[data-job]")) {
      drawRow(row, this.live, Date.now());
    }
  }

  private drawLegend(): void {
    const rows = this.state.data.states.filter((row) => row.count > 0);
    const legend = byId("board-legend");
    legend.hidden = rows.length === 0;
    legend.replaceChildren(
      element("h2", {}, "State"),
      element(
        "ul",
        {},
        ...rows.map((row) =>
          element(
            "li",
            {},
            icon(row.tone, `icon tone-${row.tone}`),
            element("span", {}, row.word),
            element("b", {}, String(row.count)),
          ),
        ),
      ),
    );
  }

  private async retry(button: HTMLButtonElement): Promise<void> {
    const jobs = (button.dataset.retry ?? "").split(" ").filter(Boolean);
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    const answers = await Promise.allSettled(
      jobs.map((id) => postJson(`/api/v1/jobs/${id}/retry/`, {})),
    );
    const refused = answers.filter((answer) => answer.status === "rejected");
    const done = jobs.length - refused.length;
    if (done) toast(`${done} job${done === 1 ? "" : "s"} started again.`);
    const first = refused[0];
    if (first)
      toast(String(first.reason instanceof Error ? first.reason.message : first.reason), "failed");
    button.disabled = false;
    button.removeAttribute("aria-busy");
    document.body.dispatchEvent(new CustomEvent("board-changed"));
  }

  private say(text: string): void {
    byId("board-says").textContent = text;
  }
}

onMap("map", (map) => new BoardPage(map, pageData<BoardData>("board-data")));
