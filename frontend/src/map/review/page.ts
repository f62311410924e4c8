import type { Map as LeafletMap } from "leaflet";
import { byId } from "../../ui/dom";
import { readState, writeState } from "../../ui/permalink_state";
import { copyText } from "../../ui/toast";
import { type BBox, boundsOf, prepareMap } from "../setup";
import type { OfferedLayer } from "./add_dialog";
import "./base";
import { Bar, modeAct } from "./bar";
import type { Ramps } from "./entry_legend";
import { firstStack } from "./first_stack";
import type { LinkedMaps } from "./grid";
import { addPanel, overlays, type ProjectInfo, panels, type ReviewContext } from "./hooks";
import { bindReviewKeys } from "./keys";
import { LayersPanel, Notices } from "./layers_panel";
import { stateRead, stateWrite } from "./permalink";
import { PixelReader } from "./pixel_reader";
import { Side } from "./side";
import { type Source, Sources } from "./sources";
import { StackView } from "./stack_view";
import { added, type Entry, keyOf, type Place, type ReviewState } from "./state";
import { Store } from "./store";
import { Swipe } from "./swipe";
import { uncover } from "./uncover";

export interface ReviewData {
  project: ProjectInfo;
  extent: BBox | null;
  layers: (OfferedLayer & { bbox: BBox | null })[];
  /** The clearest scene, for the bottom of a new stack. */
  scene: string | null;
  ramps: Ramps;
}

const CHECK_MS = 60_000;
const RENEW_MS = 3 * 60_000;
const LINK_MS = 120;

function firstState(data: ReviewData): ReviewState {
  const { given, ...state } = stateRead(readState());
  const panel = state.point && state.panel === null ? "pixel" : state.panel;
  return { ...state, panel, stack: given ? state.stack : firstStack(data) };
}

/** The review screen: joins the stack's state, its sources, the map and the panels. */
export class ReviewPage implements ReviewContext {
  readonly store: Store<ReviewState>;
  readonly project: ProjectInfo;
  private readonly sources = new Sources();
  private readonly view: StackView;
  private readonly notices = new Notices(byId("map-notices"));
  private readonly panel: LayersPanel;
  private readonly swipe: Swipe;
  private linked: LinkedMaps | null = null;
  private readonly pixel: PixelReader;
  private linkTimer: ReturnType<typeof setTimeout> | undefined;
  private checked = Date.now();
  private awaited = "";

  constructor(
    readonly map: LeafletMap,
    private readonly data: ReviewData,
  ) {
    this.project = data.project;
    this.store = new Store(firstState(data));
    this.view = new StackView(map, this.sources, this.report);
    prepareMap(map, "bottomleft");
    map.getContainer().setAttribute("role", "region");
    map.getContainer().setAttribute("aria-label", "Map");
    this.firstView();
    this.pixel = new PixelReader(this, data.layers);
    addPanel(this.pixel.panel());
    this.panel = new LayersPanel(this, data.layers, data.ramps, overlays);
    this.swipe = new Swipe(byId("map-screen"), this, this.view);
    this.attachOverlays();
    this.bind();
    new Side(this).start();
    void this.loadAll();
    writeState(stateWrite(this.store.get()));
    performance.mark("review:interactive");
  }

  sourceSoon(entry: Entry): Promise<Source> {
    return this.sources.load(entry);
  }

  sourceOf(entry: Entry): Source | undefined {
    return this.sources.get(entry);
  }

  show(entry: Entry): void {
    this.store.change({ stack: added(this.store.get().stack, entry) });
  }

  openPanel(panel: string): void {
    this.store.change({ panel });
  }

  closePanel(): void {
    this.store.change({ panel: null });
  }

  inspect(point: Place): void {
    const open = panels.find((panel) => panel.id === this.store.get().panel);
    this.store.change({ point, panel: open?.picks ? open.id : "pixel" });
  }

  moveTo(place: Place, zoom = this.map.getZoom()): void {
    this.map.setView([place.lat, place.lon], zoom, { animate: false });
    if (this.store.get().panel) uncover(this.map, place);
  }

  private firstView(): void {
    const { view, stack } = this.store.get();
    const first = this.data.layers.find((layer) => layer.id === stack[0]?.id);
    const box = first?.bbox ?? this.data.extent;
    // A link to something that is no layer: where it lies is known when it has been read.
    if (!view && !first && stack[0] && readState().has("stack")) this.awaited = keyOf(stack[0]);
    if (view) this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
    else if (box) this.map.fitBounds(boundsOf(box), { padding: [24, 24], animate: false });
    this.keepView();
  }

  private keepView(): void {
    const { lat, lng } = this.map.getCenter();
    this.store.change({ view: { lat, lon: lng, zoom: this.map.getZoom() } });
  }

  private bind(): void {
    const { map, store } = this;
    map.on("moveend", () => this.keepView());
    map.on("click", ({ latlng }) => this.inspect({ lat: latlng.lat, lon: latlng.lng }));
    if (store.get().mode === "grid") void this.link();
    store.watch((now, before) => {
      if (now.mode === "grid" && !this.linked) void this.link();
      if (now.stack !== before.stack) void this.loadAll();
      if (now.point !== before.point || now.stack !== before.stack) this.pixel.follow();
      clearTimeout(this.linkTimer);
      this.linkTimer = setTimeout(() => writeState(stateWrite(store.get())), LINK_MS);
    });
    new Bar(byId("review-bar"), this, [
      modeAct(this, "swipe", { title: "Swipe", icon: "swipe", key: "s" }, () => this.swipe.focus()),
      modeAct(this, "grid", { title: "Linked maps", icon: "grid", key: "g" }),
      { id: "table", title: "Table", icon: "table", key: "t", run: () => void this.table() },
      { id: "link", title: "Link", icon: "link", key: "c", run: () => this.copyLink() },
    ]);
    bindReviewKeys(this, this.panel, this.pixel);
    setInterval(() => void this.check(), CHECK_MS);
    document.addEventListener("visibilitychange", () => void this.check());
  }

  private async table(): Promise<void> {
    const { tableDialog } = await import("./table_twin");
    tableDialog(this);
  }

  /** Linked maps are loaded when they are first wanted. */
  private async link(): Promise<void> {
    const { LinkedMaps } = await import("./grid");
    this.linked ??= new LinkedMaps(byId("linked-maps"), this, this.sources, this.report);
  }

  private copyLink(): void {
    writeState(stateWrite(this.store.get()));
    void copyText(location.href, "Link to this view copied.");
  }

  private attachOverlays(): void {
    const lives = overlays.map((overlay) => ({ id: overlay.id, life: overlay.attach(this) }));
    const draw = (): void => {
      const { off } = this.store.get();
      for (const { id, life } of lives) life.show(!off.includes(id));
    };
    draw();
    this.store.watch((now, before) => {
      if (now.off !== before.off) draw();
    });
  }

  /** Reads what the stack needs and draws as each thing comes. */
  private async loadAll(): Promise<void> {
    this.draw();
    const missing = this.store.get().stack.filter((entry) => !this.sources.get(entry));
    await Promise.all(missing.map((entry) => this.load(entry)));
  }

  private async load(entry: Entry): Promise<void> {
    try {
      const { bbox } = await this.sources.load(entry);
      if (this.awaited === keyOf(entry)) {
        this.awaited = "";
        this.map.fitBounds(boundsOf(bbox), { padding: [24, 24], animate: false });
      }
      this.report(keyOf(entry), null);
      this.draw();
      this.pixel.follow();
    } catch (error) {
      const text = error instanceof Error ? error.message : "It could not be read.";
      this.report(keyOf(entry), text);
    }
  }

  private draw(): void {
    const { stack } = this.store.get();
    this.view.show(stack);
    this.panel.draw();
    this.swipe.draw();
    this.linked?.draw();
    this.tellSuperseded();
  }

  private readonly report = (key: string, text: string | null): void => {
    const entry = this.store.get().stack.find((other) => keyOf(other) === key);
    const name = (entry && this.sources.get(entry)?.title) ?? "A layer of this view";
    this.panel?.tell(key, text);
    this.notices.set(key, text === null ? null : `${name}: ${text}`);
  };

  /** Once a minute while somebody looks: addresses that run out, releases that came. */
  private async check(): Promise<void> {
    if (document.hidden || Date.now() - this.checked < CHECK_MS / 2) return;
    this.checked = Date.now();
    const { stack } = this.store.get();
    const due = new Set([
      ...this.sources.expiring(stack, RENEW_MS),
      ...stack.filter((entry) => entry.kind === "layer"),
    ]);
    await Promise.allSettled([...due].map((entry) => this.sources.renew(entry)));
    this.draw();
  }

  private tellSuperseded(): void {
    const { stack } = this.store.get();
    const found = this.sources.superseded(stack);
    for (const entry of stack) {
      const newest = found.get(entry);
      const key = `newer ${keyOf(entry)}`;
      if (newest === undefined || entry.release !== null) this.notices.set(key, null);
      else {
        const text = `${this.sourceOf(entry)?.title} has a new release, ${newest}.`;
        this.notices.set(key, text, {
          label: "Show new release",
          run: () => this.showNewest(entry),
        });
      }
    }
  }

  private showNewest(entry: Entry): void {
    this.sources.forget(entry);
    void this.load(entry);
  }
}
