import type { Map as LeafletMap, TileLayer } from "leaflet";
import { tileLayer } from "leaflet";
import { getJson } from "../api/client";
import type { BlockState, Layer } from "../api/types";
import { BlockCanvas, type BlockView } from "../map/block_canvas";
import { GrowingLayer } from "../map/building_layer";
import { boundsOf } from "../map/setup";
import { byId, element, icon } from "../ui/dom";
import { count } from "../ui/format";
import { readState, writeState } from "../ui/permalink_state";
import { type BlockInfo, BlockModel, type CompactBlocks } from "./block_model";
import { BlockTable, TONES, WORDS } from "./block_table";

export interface SceneChoice {
  id: string;
  name: string;
}

interface JobLayer extends Layer {
  building: {
    version: number;
    blocks: number;
    total: number;
    min_zoom: number;
    partial: boolean;
  } | null;
}

const MOST_BLOCKS = 200_000;
const RENEW_MS = 10 * 60_000;
const VIEWS: readonly BlockView[] = ["result", "state", "seconds"];

/** The map of a job: blocks by state over the layer that grows, and its table twin. */
export class JobMap {
  readonly model = new BlockModel();
  readonly table: BlockTable;
  private readonly canvas: BlockCanvas;
  private readonly plate = element("div", { class: "block-plate floating", hidden: true });
  private layer: GrowingLayer | null = null;
  private layerInfo: JobLayer | null = null;
  private backdrop: TileLayer | null = null;
  private askingLayer = false;
  readAt = 0;

  constructor(
    private readonly map: LeafletMap,
    private readonly api: (part: string) => string,
    private readonly run: number,
    private readonly latest: boolean,
    scenes: readonly SceneChoice[],
    panel: HTMLElement,
  ) {
    this.canvas = new BlockCanvas(map, this.model);
    this.table = new BlockTable(this.model, panel);
    map.getContainer().append(this.plate);
    this.canvas.onHover = (info, at) => this.showPlate(info, at.x, at.y);
    this.canvas.onPick = (info) => this.pick(info);
    this.table.onSelect = (index, show) => this.choose(index, show);
    this.startViews();
    this.startBackdrop(scenes);
    map.on("zoomend", () => this.note());
    setInterval(() => void this.readLayer(), RENEW_MS);
  }

  get size(): number {
    return this.model.size;
  }

  async readBlocks(): Promise<void> {
    this.readAt = Date.now();
    const pages: CompactBlocks[] = [];
    let next: string | null = `${this.api("blocks")}?form=compact&run=${this.run}`;
    let rows = 0;
    while (next && rows < MOST_BLOCKS) {
      const page: CompactBlocks | null = await getJson<CompactBlocks>(next).catch(() => null);
      if (!page) return;
      pages.push(page);
      rows += page.results.length;
      next = page.next;
    }
    const fresh = this.model.load(pages);
    if (fresh) this.frame();
    this.shown();
    this.showAll();
  }

  /** Applies rows of a message; false when one of them is not known. */
  setBlocks(rows: readonly [iy: number, ix: number, state: BlockState][]): boolean {
    const known = rows.map(([iy, ix, state]) => this.model.set(ix, iy, state) >= 0);
    this.showAll();
    return !known.includes(false);
  }

  /** Asks which layer there is and what it shows by now. */
  async readLayer(): Promise<void> {
    if (this.askingLayer || !this.latest) return;
    this.askingLayer = true;
    const answer = await getJson<{ results: JobLayer[] }>(this.api("layers")).catch(() => null);
    this.askingLayer = false;
    const shown = answer?.results.find((one) => one.building) ?? answer?.results[0];
    if (!shown) return;
    this.layerInfo = shown;
    const minZoom = shown.building?.min_zoom ?? 0;
    const source = { tiles: shown.tiles, bbox: shown.bbox, minZoom };
    if (this.layer) this.layer.update(source);
    else {
      this.layer = new GrowingLayer(this.map, source);
      this.layer.onShown = () => this.shown();
      this.layer.setVisible(this.canvas.view === "result");
      if (!this.model.placed) this.map.fitBounds(boundsOf(shown.bbox));
    }
    this.note();
  }

  /** Shows the block of a link such as "12,7" and marks it in the table. */
  showBlock(place: string): void {
    const [ix, iy] = place.split(",").map(Number);
    const index = this.model.indexOf(ix ?? Number.NaN, iy ?? Number.NaN);
    if (index < 0) return;
    this.choose(index, true);
    this.table.select(index);
  }

  /** Blocks whose classes the tiles show by now: all that were done when they were asked for. */
  private shown(): void {
    const below = this.layerInfo?.building && this.map.getZoom() < this.layerInfo.building.min_zoom;
    const seen = this.layer !== null && !below;
    this.canvas.cover((at) => seen && ["done", "degraded"].includes(this.model.state(at)));
  }

  private showAll(): void {
    const counts = this.model.counts() as Record<string, number>;
    for (const cell of document.querySelectorAll<HTMLElement>("[data-block-count]")) {
      const names = (cell.dataset.blockCount ?? "").split(" ");
      cell.textContent = count(names.reduce((sum, name) => sum + (counts[name] ?? 0), 0));
    }
    byId("block-legend").hidden = !this.model.placed;
    byId("map-tools").hidden = !this.model.placed;
    this.canvas.request();
    if (!byId("panel-blocks").hidden) this.table.show();
    this.note();
  }

  private frame(): void {
    const box = this.model.box();
    if (box) {
      this.map.fitBounds(boundsOf(box), {
        paddingTopLeft: [24, 44],
        paddingBottomRight: [24, 44],
        animate: false,
      });
    }
    const wanted = readState().get("block");
    if (wanted) this.showBlock(wanted);
  }

  private choose(index: number, show: boolean): void {
    this.canvas.selected = index;
    const info = this.model.info(index);
    writeState({ block: info ? `${info.ix},${info.iy}` : null });
    const box = show ? this.model.box([index]) : null;
    if (box) this.map.fitBounds(boundsOf(box), { maxZoom: this.map.getZoom(), animate: false });
    this.canvas.request();
  }

  private pick(info: BlockInfo | null): void {
    this.choose(info?.index ?? -1, false);
    this.table.select(info?.index ?? -1);
  }

  private showPlate(info: BlockInfo | null, x: number, y: number): void {
    this.plate.hidden = !info;
    if (!info) return;
    const tone = TONES[info.state];
    const facts = [
      info.reused ? "reused" : "",
      info.seconds ? `${info.seconds.toFixed(1)} s` : "",
      info.told && info.told.tries > 1 ? `tried ${info.told.tries} times` : "",
    ].filter(Boolean);
    const dropped = info.told?.dropped.length ? `Without ${info.told.dropped.join(", ")}` : "";
    this.plate.replaceChildren(
      element(
        "div",
        { class: "plate-head" },
        element("b", {}, `Block ${info.ix}, ${info.iy}`),
        element("span", { class: `tone-${tone}` }, icon(tone), WORDS[info.state]),
      ),
      ...[facts.join(" · "), info.told?.message ?? "", dropped]
        .filter(Boolean)
        .map((line) => element("p", {}, line)),
    );
    const size = this.map.getSize();
    const left =
      x + 16 + this.plate.offsetWidth > size.x ? x - 16 - this.plate.offsetWidth : x + 16;
    const top = Math.min(y + 16, size.y - this.plate.offsetHeight - 8);
    this.plate.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, top)}px)`;
  }

  /** Says why no classes are seen, where the reason is not plain. */
  private note(): void {
    const note = byId("map-note");
    const building = this.layerInfo?.building;
    const texts = [
      this.model.size > 0 && !this.model.placed
        ? "This job works on blocks that lie nowhere; see them in the table."
        : "",
      building && this.canvas.view === "result" && this.map.getZoom() < building.min_zoom
        ? "Too many blocks at this scale: outlines only. Zoom in to see classes."
        : "",
      building?.partial
        ? `Partial map: ${count(building.blocks)} of ${count(building.total)} blocks.`
        : "",
    ].filter(Boolean);
    note.hidden = texts.length === 0;
    note.textContent = texts.join(" ");
  }

  private startViews(): void {
    const wanted = readState().get("view");
    const show = (view: BlockView): void => {
      this.canvas.view = view;
      this.layer?.setVisible(view === "result");
      for (const button of document.querySelectorAll<HTMLElement>("[data-view]")) {
        button.setAttribute("aria-pressed", String(button.dataset.view === view));
      }
      writeState({ view: view === "result" ? null : view });
      this.canvas.request();
      this.note();
    };
    for (const button of document.querySelectorAll<HTMLElement>("[data-view]")) {
      button.addEventListener("click", () => show(button.dataset.view as BlockView));
    }
    show(VIEWS.find((view) => view === wanted) ?? "result");
  }

  private startBackdrop(scenes: readonly SceneChoice[]): void {
    const choice = byId<HTMLSelectElement>("backdrop");
    choice.closest<HTMLElement>(".backdrop")?.toggleAttribute("hidden", scenes.length === 0);
    for (const scene of scenes) choice.append(element("option", { value: scene.id }, scene.name));
    const pane = this.map.createPane("backdrop");
    pane.style.zIndex = "170";
    choice.addEventListener("change", () => void this.showScene(choice.value));
    const wanted = readState().get("scene") ?? "";
    if (scenes.some(({ id }) => id === wanted)) {
      choice.value = wanted;
      void this.showScene(wanted);
    }
  }

  private async showScene(id: string): Promise<void> {
    this.backdrop?.remove();
    this.backdrop = null;
    writeState({ scene: id || null });
    if (!id) return;
    const path = `/api/v1/catalog/scenes/${id}/tiles/?style=rgb`;
    const answer = await getJson<{ tiles: string }>(path).catch(() => null);
    if (!answer) return;
    this.backdrop = tileLayer(answer.tiles, { pane: "backdrop", maxZoom: 22 });
    this.backdrop.addTo(this.map);
  }
}
