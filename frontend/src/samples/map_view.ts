import type { FeatureCollection } from "geojson";
import type {
  LatLng,
  LatLngBounds,
  LayerGroup,
  Map as LeafletMap,
  LeafletMouseEvent,
} from "leaflet";
import { circleMarker, geoJSON, latLngBounds, layerGroup, svg } from "leaflet";
import type { Shape } from "../map/vector_shapes";
import { VectorTiles } from "../map/vector_tiles";
import { element } from "../ui/dom";
import { type ClassEntry, classColor, classWords, type Row } from "./model";
import { type Look, paintShapes } from "./painting";
import { stillOnPress } from "./still";
import type { SampleStore } from "./store";

export type How = "only" | "toggle";

export interface MapViewOptions {
  classes: readonly ClassEntry[];
  store: SampleStore;
  address(z: number, x: number, y: number): string;
  selected(id: string): boolean;
  /** A click on a sample; null: on none. */
  onPick(id: string | null, how: How): void;
  onBox(box: LatLngBounds): void;
  /** A click while a point is being drawn. */
  onPlace(place: LatLng): void;
  onTrouble(failed: boolean): void;
}

export type Mode = "select" | "box" | "point" | "shape";

/** The samples on the map: tiles, edited ones above them, rings around the selected. */
export class MapView {
  mode: Mode = "select";
  private readonly tiles: VectorTiles;
  private readonly above: LayerGroup;
  private readonly rings: LayerGroup;
  private readonly note = element("div", { class: "sample-note", hidden: true });

  constructor(
    readonly map: LeafletMap,
    private readonly options: MapViewOptions,
  ) {
    map.setMaxZoom(22);
    map.boxZoom?.disable();
    map.createPane("edited").style.zIndex = "450";
    map.createPane("rings").style.zIndex = "460";
    this.tiles = new VectorTiles(map, {
      layer: "samples",
      address: options.address,
      visible: (shape) => this.lookOf(shape) !== null,
      paint: (context, shapes) => paintShapes(context, shapes, (shape) => this.lookOf(shape)),
      onTrouble: options.onTrouble,
    });
    this.above = layerGroup([], { pane: "edited" }).addTo(map);
    this.rings = layerGroup([], { pane: "rings" }).addTo(map);
    map.getContainer().append(this.note);
    map.on("click", (event) => this.clicked(event));
    map.on("mousemove", (event) => this.hover(event));
    map.on("mouseout", () => {
      this.note.hidden = true;
    });
    stillOnPress(map, () => this.mode !== "select");
    this.boxes();
  }

  /** Draws what the state says now. */
  draw(selected: readonly Row[]): void {
    this.tiles.repaint();
    this.above.clearLayers();
    for (const row of this.options.store.overlaid()) this.drawRow(row);
    this.rings.clearLayers();
    for (const { lon, lat, kind } of selected) {
      if (kind !== "Point") continue;
      for (const [color, weight] of [
        ["#161a20", 5],
        ["#ffffff", 3],
      ] as const) {
        const ring = { radius: 8, color, weight, fill: false, interactive: false };
        circleMarker([lat, lon], { ...ring, pane: "rings" }).addTo(this.rings);
      }
    }
  }

  reload(): void {
    this.tiles.reload();
  }

  bbox(): string {
    const box = this.map.getBounds();
    const held = (value: number, most: number): number => Math.max(-most, Math.min(most, value));
    return [
      held(box.getWest(), 180),
      held(box.getSouth(), 90),
      held(box.getEast(), 180),
      held(box.getNorth(), 90),
    ]
      .map((value) => value.toFixed(6))
      .join(",");
  }

  /** Moves to samples; `at once` where something is taken up next, which a moving map would lose. */
  show(rows: readonly Row[], how: "gliding" | "at once" = "gliding"): void {
    const box = latLngBounds([]);
    for (const row of rows) {
      if (row.geometry) box.extend(geoJSON(row.geometry as never).getBounds());
      else box.extend([row.lat, row.lon]);
    }
    if (!box.isValid()) return;
    const room: [number, number] = [48, 48];
    const animate = how === "gliding";
    const maxZoom = Math.max(15, this.map.getZoom());
    this.map.fitBounds(box, { padding: room, maxZoom, animate });
  }

  setMode(mode: Mode): void {
    this.mode = mode;
    this.map.getContainer().classList.toggle("aiming", mode !== "select");
    if (mode === "box") this.map.dragging.disable();
    else this.map.dragging.enable();
  }

  private lookOf(shape: Shape): Look | null {
    const { classes, store, selected } = this.options;
    const row = shape.id ? store.override(shape.id) : undefined;
    if (row?.deleted || row?.geometry) return null; // drawn above the tiles, or gone
    return {
      color: classColor(classes, row ? row.class_code : shape.code),
      status: row ? row.status : shape.status,
      selected: shape.id !== null && selected(shape.id),
    };
  }

  private drawRow(row: Row): void {
    const fillColor = classColor(this.options.classes, row.class_code);
    const selected = this.options.selected(row.id);
    const shape = geoJSON(row.geometry as never, {
      pane: "edited",
      bubblingMouseEvents: false,
      pointToLayer: (_, place) =>
        circleMarker(place, { pane: "edited", radius: 4.5, bubblingMouseEvents: false }),
      ...({ renderer: svg({ pane: "edited" }) } as object),
    });
    shape.setStyle({
      color: selected ? "#ffffff" : "#161a20",
      weight: selected ? 3 : 1,
      fillColor,
      fillOpacity: row.kind === "Point" ? 1 : 0.45,
      ...(row.status === "rejected" ? { dashArray: "4 3" } : { dashArray: "" }),
    });
    shape.on("click", (event) => {
      const { originalEvent, latlng } = event as LeafletMouseEvent;
      if (this.mode === "point") this.options.onPlace(latlng);
      else if (this.mode === "select") this.pick(row.id, originalEvent);
    });
    shape.addTo(this.above);
  }

  private clicked({ latlng, originalEvent }: LeafletMouseEvent): void {
    if (this.mode === "point") this.options.onPlace(latlng);
    if (this.mode !== "select") return;
    const shape = this.tiles.at(latlng, originalEvent.detail === 0 ? 12 : 8);
    if (shape && shape.id === null) {
      this.map.setView(latlng, Math.min(22, this.map.getZoom() + 2));
      return;
    }
    this.pick(shape?.id ?? null, originalEvent);
  }

  private pick(id: string | null, event: MouseEvent): void {
    this.options.onPick(id, event.ctrlKey || event.metaKey || event.shiftKey ? "toggle" : "only");
  }

  private hover({ latlng, containerPoint }: LeafletMouseEvent): void {
    const shape = this.mode === "select" ? this.tiles.at(latlng) : null;
    this.note.hidden = shape === null;
    this.map.getContainer().classList.toggle("pointing", shape !== null);
    if (!shape) return;
    this.note.textContent = this.wordsOf(shape);
    this.note.style.left = `${containerPoint.x + 14}px`;
    this.note.style.top = `${containerPoint.y + 14}px`;
  }

  private wordsOf(shape: Shape): string {
    const row = shape.id ? this.options.store.override(shape.id) : undefined;
    const name = classWords(this.options.classes, row ? row.class_code : shape.code);
    if (shape.count === 1) return `${name} · ${row?.status ?? shape.status}`;
    const most = shape.mixed ? `mostly ${name}` : name;
    return `${shape.count.toLocaleString("en-US")} samples, ${most}. Click to come nearer.`;
  }

  /** Shift and drag, or a plain drag in box mode, draws a box that selects. */
  private boxes(): void {
    const holder = this.map.getContainer();
    const frame = element("div", { class: "select-box", hidden: true });
    holder.append(frame);
    let from: { x: number; y: number } | null = null;
    const place = (event: PointerEvent): { x: number; y: number } => {
      const edges = holder.getBoundingClientRect();
      return { x: event.clientX - edges.left, y: event.clientY - edges.top };
    };
    const draw = (to: { x: number; y: number }): void => {
      if (!from) return;
      frame.style.left = `${Math.min(from.x, to.x)}px`;
      frame.style.top = `${Math.min(from.y, to.y)}px`;
      frame.style.width = `${Math.abs(from.x - to.x)}px`;
      frame.style.height = `${Math.abs(from.y - to.y)}px`;
    };
    holder.addEventListener(
      "pointerdown",
      (event) => {
        const onMap = (event.target as Element).closest(".leaflet-control, .map-tools") === null;
        const wished = this.mode === "box" || (this.mode === "select" && event.shiftKey);
        if (!wished || !onMap || event.button !== 0) return;
        event.stopPropagation();
        this.map.dragging.disable();
        from = place(event);
        holder.setPointerCapture(event.pointerId);
      },
      true,
    );
    holder.addEventListener("pointermove", (event) => {
      const to = place(event);
      if (!from || Math.hypot(to.x - from.x, to.y - from.y) < 4) return;
      frame.hidden = false;
      draw(to);
    });
    holder.addEventListener("pointerup", (event) => {
      if (!from) return;
      const [start, end] = [from, place(event)];
      from = null;
      if (this.mode !== "box") this.map.dragging.enable();
      if (frame.hidden) return;
      frame.hidden = true;
      const corner = ({ x, y }: { x: number; y: number }): LatLng =>
        this.map.containerPointToLatLng([x, y]);
      this.options.onBox(latLngBounds(corner(start), corner(end)));
    });
  }
}

export function outline(map: LeafletMap, areas: FeatureCollection): void {
  geoJSON(areas, {
    interactive: false,
    style: { color: "#161a20", weight: 1.5, dashArray: "6 4", fill: false },
  }).addTo(map);
}
