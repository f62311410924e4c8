import type { Map as LeafletMap } from "leaflet";
import { addOverlay } from "../map/overlays";
import { prepareMap } from "../map/setup";
import { apiCallButton } from "../ui/api_call";
import { byId } from "../ui/dom";
import { readState, writeState } from "../ui/permalink_state";
import { ByHand } from "./by_hand";
import { FootprintLayer } from "./footprints";
import { SearchForm } from "./form";
import { openFreeze } from "./freeze_dialog";
import { ImportDialog } from "./import_dialog";
import { bindCatalogueKeys } from "./keys";
import { PAGE_SIZE, SceneList } from "./list";
import { mapBox } from "./map_box";
import { Marks } from "./marks";
import { empty, OtherItems } from "./other_items";
import { ScenePanel } from "./scene_panel";
import { SceneTiles } from "./scene_tiles";
import {
  addressOf,
  launchQuery,
  NO_SEARCH,
  periodOf,
  queryOf,
  type Search,
  searchOf,
  wordsOf,
} from "./search";
import { CatalogueStore } from "./store";
import { DateStrip } from "./strip";
import { TabRow } from "./tabs";
import { NO_TICKS, nearest, neighbour, pageOf, shapeOf, totalsWords } from "./ticks";
import { styleAddress, styleOf, type TileStyle } from "./tile_style";
import type { PageData, SceneFeature, Ticks, Totals } from "./types";
import { button, notice } from "./words";

/** The catalogue's screen: one search, seen as a list, on the map and over time. */
export class CataloguePage {
  private search: Search = searchOf(readState());
  private style: TileStyle = styleOf(readState());
  private page = Math.max(1, Number(readState().get("page")) || 1);
  private scene: SceneFeature | null = null;
  private ticks: Ticks = NO_TICKS;
  private totals: Totals | null = null;
  private readonly marks = new Marks();
  private readonly store: CatalogueStore;
  private readonly list: SceneList;
  private readonly form: SearchForm;
  private readonly footprints: FootprintLayer;
  private readonly strip: DateStrip;
  private readonly panel: ScenePanel;
  private readonly tiles: SceneTiles;
  private readonly byHand: ByHand;
  private readonly others: OtherItems;
  private readonly importer: ImportDialog;
  private moveTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly map: LeafletMap,
    private readonly data: PageData,
  ) {
    prepareMap(map, "bottomright");
    this.store = new CatalogueStore(data.project);
    this.list = new SceneList(this.marks, data.mayEdit, {
      pick: (scene) => this.choose(scene),
      hover: (id) => this.footprints.hover(id && shapeOf(this.ticks, id)),
      turn: (page) => void this.turn(page),
      marked: () => this.showMarks(),
    });
    this.form = new SearchForm(
      () => this.search,
      (search) => this.find(search),
    );
    this.footprints = new FootprintLayer(
      map,
      (shape) => this.chooseShape(shape),
      () => this.panel?.width ?? 0,
    );
    this.strip = new DateStrip({
      period: (datetime) => this.find({ ...this.search, datetime }),
      pick: (id) => void this.chooseId(id),
    });
    this.panel = new ScenePanel(data.mayEdit, {
      step: (by) => this.step(by),
      style: (style) => this.draw(style),
      include: (scene, included) => this.include(scene, included),
      zoom: (scene) => this.footprints.fit(scene.bbox),
      close: () => this.unchoose(),
    });
    this.tiles = new SceneTiles(
      map,
      (text) => this.plate(text),
      (text) => this.panel.say(text),
    );
    this.byHand = new ByHand(
      this.store,
      this.marks,
      () => void this.refresh(),
      () => this.unmark(),
      () => this.freeze(),
    );
    this.others = new OtherItems(data, (box) => this.footprints.fit(box));
    this.importer = new ImportDialog(data.project, data.jobUrl, () => this.imported());
    this.bind();
    this.firstView();
    void addOverlay(map, {
      url: `/api/v1/aois/?project=${data.project}&page_size=500`,
      kind: "aoi",
    }).catch(() => undefined);
    void this.start();
  }

  private async start(): Promise<void> {
    const wanted = readState().get("scene");
    this.form.show(this.search);
    await this.reload(false);
    if (wanted) await this.chooseId(wanted);
  }

  private bind(): void {
    new TabRow((tab) => {
      if (tab !== "scenes") void this.others.open(tab);
    });
    byId("search-api").append(
      apiCallButton(() => ({
        method: "GET",
        path: `/api/v1/catalog/scenes/?${queryOf(this.search, this.data.project)}`,
      })),
    );
    document.getElementById("import-open")?.addEventListener("click", () => this.importer.open());
    document.getElementById("freeze-open")?.addEventListener("click", () => this.freeze());
    this.map.on("moveend", () => this.moved());
    bindCatalogueKeys({
      step: (by) => this.step(by),
      include: () => this.scene && this.include(this.scene, !this.scene.properties.included),
      undo: () => void this.byHand.undo(),
      close: () => this.unchoose(),
      importCatalogue: () => this.importer.open(),
      freeze: () => this.freeze(),
      mayEdit: this.data.mayEdit,
      hasScene: () => this.scene !== null,
    });
  }

  private firstView(): void {
    const [zoom, lat, lon] = (readState().get("view") ?? "").split("/").map(Number);
    const aoi = this.data.aois.find((row) => row.id === this.search.where);
    if (zoom && Number.isFinite(lat) && Number.isFinite(lon)) {
      this.map.setView([lat as number, lon as number], zoom, { animate: false });
    } else if (aoi ?? this.data.extent) {
      this.footprints.fit(aoi?.bbox ?? this.data.extent);
    }
  }

  /** Another search: from the form, the strip or the map. */
  private find(search: Search): void {
    const before = this.search;
    const next = { ...search };
    next.bbox = next.where === "window" ? mapBox(this.map) : "";
    this.search = next;
    this.page = 1;
    this.unmark();
    this.form.show(next);
    const aoi = this.data.aois.find((row) => row.id === next.where);
    if (aoi && next.where !== before.where) this.footprints.fit(aoi.bbox);
    void this.reload(onlyPeriod(before, next));
  }

  private moved(): void {
    const { lat, lng } = this.map.getCenter();
    writeState({ view: `${this.map.getZoom()}/${lat.toFixed(4)}/${lng.toFixed(4)}` });
    if (this.search.where !== "window") return;
    clearTimeout(this.moveTimer);
    this.moveTimer = setTimeout(() => {
      if (this.search.where === "window" && this.search.bbox !== mapBox(this.map))
        this.find(this.search);
    }, 300);
  }

  /** Reads everything the search decides; with `periodOnly` the strip and calendar stay. */
  private async reload(periodOnly: boolean): Promise<void> {
    writeState({ ...addressOf(this.search), page: this.page > 1 ? String(this.page) : null });
    this.strip.showPeriod(this.search.datetime);
    this.showLaunch();
    const parts = [this.readList(), this.readTotals(), this.readFootprints()];
    if (!periodOnly) parts.push(this.readTicks(), this.readCalendar());
    const settled = await Promise.allSettled(parts);
    const failed = settled.find((part) => part.status === "rejected");
    const holder = byId("search-error");
    if (!failed) holder.replaceChildren();
    else holder.replaceChildren(notice(String((failed as PromiseRejectedResult).reason.message)));
  }

  /** After scenes changed: the same search again, and the chosen scene as it is now. */
  private async refresh(): Promise<void> {
    await this.reload(false);
    if (!this.scene) return;
    const fresh = await this.store.scene(this.scene.id).catch(() => null);
    if (fresh) this.choose(fresh);
  }

  private async readList(): Promise<void> {
    this.list.loading();
    try {
      const page = await this.store.list(this.search, this.page);
      if (!page) return;
      if (page.count === 0) this.list.empty(this.nothing());
      else this.list.show(page, this.page, this.scene?.id ?? null);
      this.list.showMarks();
    } catch (error) {
      const text = error instanceof Error ? error.message : "The list cannot be read.";
      this.list.failed(text, () => void this.readList());
    }
  }

  private nothing(): HTMLElement {
    const filtered = JSON.stringify(this.search) !== JSON.stringify(NO_SEARCH);
    if (filtered) {
      const clear = button("Clear the search", () => this.find({ ...NO_SEARCH }));
      return empty("No scene fits.", "Widen the period, the area or the cloud limit.", clear);
    }
    const why = "Scenes come from a STAC catalogue: an address, or a folder below an allowed root.";
    if (!this.data.mayEdit) return empty("No scenes yet.", `${why} A producer imports them.`);
    return empty(
      "No scenes yet.",
      why,
      button("Import a catalogue…", () => this.importer.open()),
    );
  }

  private async turn(page: number): Promise<void> {
    this.page = page;
    writeState({ page: page > 1 ? String(page) : null });
    await this.readList();
  }

  private async readTotals(): Promise<void> {
    const totals = await this.store.totals(this.search);
    if (!totals) return;
    this.totals = totals;
    byId("totals").textContent = totalsWords(totals);
    const freeze = document.getElementById("freeze-open") as HTMLButtonElement | null;
    if (freeze) freeze.disabled = totals.selectable === 0;
  }

  private async readFootprints(): Promise<void> {
    const shapes = await this.store.footprints(this.search);
    if (!shapes) return;
    this.footprints.show(shapes);
    if (this.scene) this.footprints.choose(this.scene, shapeOf(this.ticks, this.scene.id));
  }

  private async readTicks(): Promise<void> {
    const ticks = await this.store.ticks(this.search);
    if (!ticks) return;
    this.ticks = ticks;
    this.strip.showTicks(ticks);
  }

  private async readCalendar(): Promise<void> {
    const calendar = await this.store.calendar(this.search);
    if (calendar) this.strip.showCalendar(calendar);
  }

  private choose(scene: SceneFeature): void {
    this.scene = scene;
    writeState({ scene: scene.id });
    this.list.select(scene.id);
    this.footprints.choose(scene, shapeOf(this.ticks, scene.id));
    this.strip.choose(scene.id);
    this.panel.show(scene, this.style);
    void this.tiles.show(scene, this.style);
    const seen = this.map.getBounds();
    const [west, south, east, north] = scene.bbox;
    if (
      !seen.intersects([
        [south, west],
        [north, east],
      ])
    )
      this.footprints.fit(scene.bbox);
  }

  /** Chooses a scene by id: on its page of the list when it is part of the search. */
  private async chooseId(id: string): Promise<void> {
    const page = pageOf(this.ticks, id, ...periodOf(this.search.datetime), PAGE_SIZE);
    if (page !== null && page !== this.page) await this.turn(page);
    const listed = this.list.find(id) ?? (await this.store.scene(id).catch(() => null));
    if (listed) this.choose(listed);
  }

  private chooseShape(shape: string): void {
    const day = this.scene?.properties.datetime?.slice(0, 10) ?? null;
    const id = nearest(this.ticks, shape, day);
    if (id) void this.chooseId(id);
  }

  private step(by: 1 | -1): void {
    const id = neighbour(this.ticks, this.scene?.id ?? null, by, ...periodOf(this.search.datetime));
    if (id) void this.chooseId(id);
  }

  private unchoose(): void {
    this.scene = null;
    writeState({ scene: null });
    this.panel.hide();
    this.tiles.hide();
    this.list.select(null);
    this.strip.choose(null);
    this.footprints.choose(null, null);
  }

  private draw(style: TileStyle): void {
    const redraw = style.style !== this.style.style || style.stretch !== this.style.stretch;
    this.style = style;
    writeState(styleAddress(style));
    if (!this.scene) return;
    if (redraw) this.panel.show(this.scene, style);
    void this.tiles.show(this.scene, style);
  }

  private include(scene: SceneFeature, included: boolean): void {
    if (included) void this.byHand.run({ scenes: [scene.id], included, reason: "" });
    else this.byHand.ask([scene.id]);
  }

  private unmark(): void {
    this.marks.clear();
    this.showMarks();
  }

  private showMarks(): void {
    this.list.showMarks();
    this.byHand.showBar();
  }

  private plate(text: string | null): void {
    const plate = byId("map-plate");
    plate.hidden = text === null;
    plate.replaceChildren(...(text === null ? [] : [notice(text, "attention")]));
  }

  private words(): string[] {
    return wordsOf(
      this.search,
      (id) => this.data.aois.find((row) => row.id === id)?.name ?? "area",
    );
  }

  private showLaunch(): void {
    byId("search-words").textContent = this.words().join(" · ");
    const link = document.getElementById("launch-link") as HTMLAnchorElement | null;
    if (!link) return;
    const query = launchQuery(this.search);
    link.href = query ? `${this.data.launch}?${query}` : this.data.launch;
    link.title =
      query === null ? "The form knows no window, sensor or text: freeze a selection." : "";
    if (query === null) link.setAttribute("aria-disabled", "true");
    else link.removeAttribute("aria-disabled");
    link.onclick = (event) => {
      if (query !== null) return;
      event.preventDefault();
      this.freeze();
    };
  }

  private freeze(): void {
    if (!this.data.mayEdit) return;
    openFreeze({
      project: this.data.project,
      search: this.search,
      words: this.words(),
      picked: this.marks.ids,
      count: this.totals?.selectable ?? 0,
      launch: this.data.launch,
      frozen: () => this.others.forget(),
    });
  }

  private imported(): void {
    this.others.forget();
    void this.reload(false).then(() => this.footprints.fit(null));
  }
}

function onlyPeriod(before: Search, next: Search): boolean {
  return JSON.stringify({ ...before, datetime: "" }) === JSON.stringify({ ...next, datetime: "" });
}
