import type { FeatureCollection, Geometry } from "geojson";
import type { Map as LeafletMap } from "leaflet";
import { ApiError, getJson } from "../api/client";
import { Stream, socketAddress } from "../jobs/socket";
import { type BBox, boundsOf, prepareMap } from "../map/setup";
import { byId, icon } from "../ui/dom";
import { count } from "../ui/format";
import { readState, writeState } from "../ui/permalink_state";
import { toast } from "../ui/toast";
import { Backdrop } from "./backdrop";
import { SelectionBar } from "./bar";
import { LocalBuffer } from "./buffer";
import { SetReads } from "./calls";
import { classDialog } from "./class_dialog";
import { conflictDialog } from "./conflict";
import { Editor } from "./editor";
import * as filter from "./filters";
import { bindSampleKeys } from "./keys";
import { Listing } from "./listing";
import { MapView, outline } from "./map_view";
import type { ClassEntry } from "./model";
import { Modes } from "./modes";
import { bindPanels } from "./panels";
import * as chosen from "./selection";
import { drawHistory, drawSample } from "./side";
import { SamplesTable } from "./table";

export interface PageData {
  set: { id: string; name: string; purpose: string; revision: number; seq: number };
  project: string;
  user: string;
  classes: ClassEntry[];
  nomenclature: { id: string; name: string };
  labels: boolean;
  mayEdit: boolean;
  mayFreeze: boolean;
  uploadLimit: number;
  /** What lies under the samples unless the address says otherwise. */
  under: string;
  bbox: BBox | null;
}

const MOST_BOXED = 500;

/** Wires the state of a set to its map, table and panels. */
export class SamplesPage {
  filters = filter.filtersOf(readState());
  readonly editor: Editor;
  readonly view: MapView;
  private readonly reads: SetReads;
  private readonly table: SamplesTable;
  private readonly bar: SelectionBar;
  private version: number;
  private readonly listing: Listing;
  readonly modes: Modes;
  private told = "";
  private frame = 0;

  constructor(
    readonly map: LeafletMap,
    readonly data: PageData,
  ) {
    prepareMap(map, "topright");
    this.reads = new SetReads(data.set.id);
    this.version = data.set.revision;
    const { classes } = data;
    const prefix = `samples:${data.set.id}:${data.user}`;
    const place = { lists: localStorage, tab: sessionStorage, now: () => Date.now() };
    const buffer = new LocalBuffer(prefix, place);
    this.editor = new Editor({
      setId: data.set.id,
      user: data.user,
      classes,
      mayEdit: data.mayEdit,
      reads: this.reads,
      buffer,
      events: {
        changed: () => this.draw(),
        counts: () => this.listing.later(),
        saving: (waiting, failing) => this.saving(waiting, failing),
        said: (text, undo) =>
          toast(text, "good", undo ? { label: "Undo", run: () => this.editor.undo() } : undefined),
        refused: (problem) => toast(`Not saved. ${new ApiError(problem).message}`, "failed"),
        clash: (clashes) => conflictDialog(clashes, { classes, show: (ids) => this.showIds(ids) }),
      },
    });
    buffer.keepAlive();
    this.view = new MapView(map, {
      classes,
      store: this.editor.store,
      address: (z, x, y) => this.tile(z, x, y),
      selected: (id) => this.editor.selection.ids.has(id),
      onPick: (id, how) => this.pick(id, how),
      onBox: (box) => void this.box(box.toBBoxString()),
      onPlace: ({ lng, lat }) => this.place({ type: "Point", coordinates: [lng, lat] }),
      onTrouble: (failed) => this.trouble(failed),
    });
    this.table = this.makeTable();
    this.listing = new Listing({
      reads: this.reads,
      table: this.table,
      store: this.editor.store,
      isPending: this.editor.isPending,
      classes,
      mayEdit: data.mayEdit,
      filters: () => this.filters,
      bbox: () => this.view.bbox(),
      filter: (part) => this.filter(part),
      clear: () => this.clearFilters(),
      drawn: () => this.draw(),
    });
    this.modes = new Modes(map, this.view, this.editor, (geometry) => this.place(geometry));
    this.bar = new SelectionBar(byId("selection-bar"), this.editor, classes, {
      zoom: () => this.zoomToSelection(),
      edit: () => void this.modes.set("shape"),
      clear: () => this.editor.select(chosen.NOTHING),
    });
    this.firstView();
    this.bindFilters();
    this.bindTools();
    bindSampleKeys(this);
    bindPanels(this);
    this.follow();
    this.begin();
  }

  // What is drawn.

  draw(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame(() => {
      this.frame = 0;
      this.drawNow();
    });
  }

  private drawNow(): void {
    const { editor, filters } = this;
    const rows = editor.store.shown();
    this.table.prepare(rows);
    this.table.render({
      rows,
      total: this.listing.total,
      selection: editor.selection,
      filters,
      isPending: editor.isPending,
    });
    this.bar.draw();
    this.view.draw(editor.selected());
    const selected = editor.selected();
    drawSample(byId("sample"), {
      rows: selected,
      classes: this.data.classes,
      labels: this.data.labels,
      waiting: editor.isPending,
    });
    void this.drawHistory();
    this.modes.draw();
  }

  /** Who changed the selected sample, asked once for each of its revisions. */
  private async drawHistory(): Promise<void> {
    const host = byId("sample-history");
    const [row, more] = this.editor.selected();
    const mine = row && !more && this.data.labels && row.revision > 0;
    if (mine && this.editor.isPending(row.id)) return;
    const about = mine ? `${row.id}:${row.revision}` : "";
    if (about === this.told) return;
    if (about.split(":")[0] !== this.told.split(":")[0]) host.replaceChildren();
    this.told = about;
    if (!mine) return;
    const revisions = await this.reads.history(row.id).catch(() => null);
    if (this.told === about && revisions) drawHistory(host, revisions, this.data.classes);
  }

  private saving(waiting: number, failing: boolean): void {
    const host = byId("saving");
    host.className = `badge ${failing ? "attention" : waiting ? "running" : "good"}`;
    const glyph = failing ? "attention" : waiting ? "running" : "good";
    const words = waiting ? `${count(waiting)} waiting to be saved` : "All saved";
    host.replaceChildren(icon(glyph), failing ? `${words}, trying again` : words);
  }

  private trouble(failed: boolean): void {
    byId("tiles-trouble").hidden = !failed;
  }

  // What is asked.

  private tile(z: number, x: number, y: number): string {
    const asked = filter.askedOf({ ...this.filters, inWindow: false });
    asked.set("v", String(this.version));
    return `${this.reads.home}tiles/${z}/${x}/${y}.mvt?${asked}`;
  }

  private follow(): void {
    const { id, seq } = this.data.set;
    new Stream({
      since: seq,
      socketUrl: socketAddress(`/ws/sample-sets/${id}/`),
      fetchSince: (since) => getJson(`${this.reads.home}events/?since=${since}`),
      onMessage: (message) => {
        if (message.type === "samples_changed") this.renew(Number(message.revision));
        else this.editor.heard(message);
      },
      onReset: () => this.renew(Date.now()),
      onLink: (live) => byId("link").classList.toggle("off", !live),
    }).start();
    window.addEventListener("online", () => void this.editor.queue.run());
  }

  /** The set changed as a whole, by an import for example. */
  private renew(revision: number): void {
    this.version = revision;
    this.editor.store.settle(this.editor.isPending);
    this.view.reload();
    this.listing.later();
  }

  private begin(): void {
    this.saving(this.editor.queue.waiting, false);
    this.listing.now();
    void this.editor.resume().catch(() => this.saving(this.editor.queue.waiting, true));
    const wanted = readState().get("sample");
    if (wanted) void this.showIds([wanted]);
    const areas = `/api/v1/aois/?project=${this.data.project}&page_size=500`;
    getJson<FeatureCollection>(areas).then(
      (found) => outline(this.map, found),
      () => undefined,
    );
  }

  // What a person does.

  filter(part: Partial<filter.Filters>): void {
    const before = filter.askedOf({ ...this.filters, inWindow: false }).toString();
    this.filters = filter.changed(this.filters, part);
    writeState(filter.addressOf(this.filters));
    const after = filter.askedOf({ ...this.filters, inWindow: false }).toString();
    if (before !== after) this.view.reload();
    byId("clear-filters").hidden = !filter.isFiltered(this.filters);
    this.draw();
    this.listing.now();
  }

  clearFilters(): void {
    byId<HTMLInputElement>("q").value = "";
    byId<HTMLInputElement>("in-window").checked = false;
    this.filter({ ...filter.NO_FILTERS, ordering: this.filters.ordering });
  }

  step(by: number, extend: boolean): void {
    const { selection, store } = this.editor;
    const order = store.shown().map((row) => row.id);
    const to = chosen.stepped(selection, order, by);
    if (!to) return;
    this.editor.select(extend ? chosen.ranged(selection, order, to) : chosen.only(to));
    this.remember();
    requestAnimationFrame(() => this.table.focus(to));
  }

  selectPage(): void {
    this.editor.select(chosen.all(this.editor.store.shown().map((row) => row.id)));
  }

  zoomToSelection(): void {
    this.view.show(this.editor.selected());
  }

  private place(geometry: Geometry): void {
    const value = byId<HTMLSelectElement>("draw-class").value;
    this.editor.create(geometry, value === "" ? null : Number(value));
  }

  private pick(id: string | null, how: "only" | "toggle"): void {
    const { selection } = this.editor;
    if (id) this.editor.select(how === "only" ? chosen.only(id) : chosen.toggled(selection, id));
    else if (how === "only") this.editor.select(chosen.NOTHING);
    this.remember();
    if (id) requestAnimationFrame(() => this.scrollTo(id));
  }

  private scrollTo(id: string): void {
    const row = document.querySelector(`#rows [data-id="${CSS.escape(id)}"]`);
    row?.scrollIntoView({ block: "nearest" });
  }

  private async box(bbox: string): Promise<void> {
    const asked = filter.askedOf({ ...this.filters, inWindow: true }, bbox);
    asked.set("page_size", String(MOST_BOXED));
    try {
      const page = await this.reads.page(asked);
      this.editor.store.put(page.results, this.editor.isPending);
      this.editor.select(chosen.all(page.results.map((row) => row.id)));
      if (page.count > MOST_BOXED) {
        const words = `${count(MOST_BOXED)} of ${count(page.count)} samples in the box are selected.`;
        toast(`${words} Come nearer to reach the others.`, "attention");
      }
    } catch (error) {
      if (error instanceof ApiError) toast(error.message, "failed");
    }
  }

  async showIds(ids: string[]): Promise<void> {
    await this.editor.ensure(ids, true);
    this.editor.select(chosen.all(ids));
    this.zoomToSelection();
  }

  private remember(): void {
    const { ids } = this.editor.selection;
    const [first] = ids;
    const one = ids.size === 1 && first && !first.startsWith("new-");
    writeState({ sample: one ? first : null });
  }

  // How the page is bound.

  private makeTable(): SamplesTable {
    return new SamplesTable({
      head: byId<HTMLTableRowElement>("heads"),
      body: byId("rows"),
      note: byId("rows-note"),
      pager: byId("pager"),
      classes: this.data.classes,
      labels: this.data.labels,
      onRow: (id, how) => {
        const { selection, store } = this.editor;
        const order = store.shown().map((row) => row.id);
        if (how === "range") this.editor.select(chosen.ranged(selection, order, id));
        else this.pick(id, how);
        requestAnimationFrame(() => this.table.focus(id));
      },
      onStep: (by, extend) => this.step(by, extend),
      onOpen: (id) => void this.showIds([id]),
      onOrder: (column) => this.filter(filter.ordered(this.filters, column)),
      onPage: (page) => this.filter({ page }),
    });
  }

  private firstView(): void {
    const view = (readState().get("view") ?? "").split("/").map(Number);
    const { bbox } = this.data;
    const [zoom, lat, lon] = view;
    if (view.length === 3 && view.every(Number.isFinite)) {
      this.map.setView([lat as number, lon as number], zoom as number, { animate: false });
    } else if (bbox) {
      this.map.fitBounds(boundsOf(bbox), { padding: [6, 6], maxZoom: 16, animate: false });
    }
    this.map.on("moveend", () => {
      const { lat: y, lng: x } = this.map.getCenter();
      writeState({ view: `${this.map.getZoom()}/${y.toFixed(5)}/${x.toFixed(5)}` });
      if (this.filters.inWindow) this.listing.later();
    });
  }

  private bindFilters(): void {
    const text = byId<HTMLInputElement>("q");
    text.value = this.filters.text;
    let timer: ReturnType<typeof setTimeout> | undefined;
    text.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => this.filter({ text: text.value.trim() }), 300);
    });
    const inside = byId<HTMLInputElement>("in-window");
    inside.checked = this.filters.inWindow;
    inside.addEventListener("change", () => this.filter({ inWindow: inside.checked }));
    const clear = byId("clear-filters");
    clear.hidden = !filter.isFiltered(this.filters);
    clear.addEventListener("click", () => this.clearFilters());
    byId<HTMLSelectElement>("set").addEventListener("change", (event) => {
      location.search = `?set=${(event.target as HTMLSelectElement).value}`;
    });
    const { under } = this.data;
    const remember = (value: string): void =>
      writeState({ under: value === under ? null : value || "none" });
    const backdrop = new Backdrop(this.map, byId<HTMLSelectElement>("backdrop"), remember);
    void backdrop.show(readState().get("under") ?? under);
  }

  private bindTools(): void {
    const on = (id: string, run: () => void): void =>
      document.getElementById(id)?.addEventListener("click", run);
    on("tool-point", () => void this.modes.set("point"));
    on("tool-polygon", () => void this.modes.polygons());
    on("tool-box", () => void this.modes.set("box"));
    on("tool-undo", () => this.editor.undo());
    on("tool-redo", () => this.editor.redo());
    on("edit-classes", () =>
      classDialog({
        ...this.data.nomenclature,
        classes: this.data.classes,
        onSaved: () => location.reload(),
      }),
    );
  }
}
