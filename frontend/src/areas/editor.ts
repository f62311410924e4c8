import type { Position } from "geojson";
import type { LatLng, Map as LeafletMap, PathOptions, Polygon } from "leaflet";
import { polygon } from "leaflet";
import { closed, type Polygonal, polygonal, polygonsOf, type Ring } from "../geo/measure";
import { drawingTools } from "../leaflet/geoman";
import { token } from "../ui/theme";

export type Shape = "Polygon" | "Rectangle";
/** `settled` is false while a corner is still on its way. */
export type OnOutline = (geometry: Polygonal | null, settled: boolean) => void;

const MARKERS = 150;
const DIGITS = 1e7;

const place = ({ lat, lng }: LatLng): Position => [
  Math.round(lng * DIGITS) / DIGITS,
  Math.round(lat * DIGITS) / DIGITS,
];

function ringsOf(shape: Polygon): Polygonal | null {
  const given = shape.getLatLngs() as LatLng[] | LatLng[][] | LatLng[][][];
  const polygons = depth(given) === 2 ? (given as LatLng[][][]) : [given as LatLng[][]];
  const rings = polygons.map((parts) =>
    parts.map((ring) => closed(ring.map(place))).filter((ring) => ring.length > 3),
  );
  return polygonal(rings.filter((parts) => parts.length > 0));
}

function depth(value: unknown): number {
  return Array.isArray(value) && Array.isArray(value[0]) ? 1 + depth(value[0]) : 0;
}

/** Draws and changes one outline on the map with the mouse or a finger. */
export class OutlineEditor {
  private shape: Polygon | null = null;
  private working: Ring = [];
  private drawing: Shape | null = null;
  private listening = false;

  constructor(
    private readonly map: LeafletMap,
    private readonly onOutline: OnOutline,
  ) {}

  get kind(): Shape | null {
    return this.drawing;
  }

  async draw(kind: Shape): Promise<void> {
    const tools = await drawingTools(this.map);
    this.stop();
    this.listen();
    this.drawing = kind;
    this.working = [];
    tools.enableDraw(kind, {
      snappable: false,
      allowSelfIntersection: true,
      finishOn: "dblclick",
      templineStyle: { color: token("accent"), weight: 2 },
      hintlineStyle: { color: token("accent"), weight: 1, dashArray: "4 4" },
      pathOptions: this.style(),
    });
  }

  /** Shows an outline with handles; they are loaded behind the outline itself. */
  async edit(geometry: Polygonal | null): Promise<void> {
    this.stop();
    this.place(geometry);
    await drawingTools(this.map);
    if (this.shape && !this.shape.pm) this.place(geometry);
    this.handles();
  }

  stop(): void {
    this.drawing = null;
    this.map.pm?.disableDraw();
    this.shape?.pm?.disable();
    this.shape?.remove();
    this.shape = null;
  }

  /** Takes back the last corner of a drawing. */
  undo(): void {
    const draw = this.map.pm?.Draw as unknown as Record<string, { _removeLastVertex?(): void }>;
    if (this.drawing === "Polygon") draw?.Polygon?._removeLastVertex?.();
  }

  finish(): void {
    const draw = this.map.pm?.Draw as unknown as Record<string, { _finishShape?(): void }>;
    if (this.drawing === "Polygon" && this.working.length > 2) draw?.Polygon?._finishShape?.();
  }

  private place(geometry: Polygonal | null): void {
    this.shape?.pm?.disable();
    this.shape?.remove();
    this.shape = null;
    if (!geometry) return;
    const latLngs = polygonsOf(geometry).map((rings) =>
      rings.map((ring) => ring.slice(0, -1).map(([lon, lat]) => [lat, lon] as [number, number])),
    );
    this.shape = polygon(latLngs, this.style()).addTo(this.map);
  }

  private handles(): void {
    const { shape } = this;
    if (!shape) return;
    shape.pm.enable({
      snappable: false,
      allowSelfIntersection: true,
      limitMarkersToCount: MARKERS,
    } as Parameters<typeof shape.pm.enable>[0]);
    this.nameHandles();
    shape.on("pm:change pm:vertexadded pm:vertexremoved", () => this.nameHandles());
    shape.on("pm:change", () => this.onOutline(ringsOf(shape), false));
    shape.on("pm:edit pm:vertexremoved", () => this.onOutline(ringsOf(shape), true));
  }

  /** Handles are for the pointer; the keyboard has the corners as text. */
  private nameHandles(): void {
    const fresh = this.map
      .getPane("markerPane")
      ?.querySelectorAll(".marker-icon:not([aria-label])");
    for (const handle of fresh ?? []) {
      handle.setAttribute("aria-label", "Corner of the outline");
      handle.setAttribute("tabindex", "-1");
    }
  }

  private listen(): void {
    if (this.listening) return;
    this.listening = true;
    this.map.on("pm:drawstart", ({ workingLayer }) => {
      this.working = [];
      workingLayer.on("pm:vertexadded", (event) => {
        this.working = [...this.working, place(event.latlng)];
        this.tell([]);
      });
      workingLayer.on("pm:vertexremoved", () => {
        this.working = this.working.slice(0, -1);
        this.tell([]);
      });
    });
    this.map.on("mousemove", ({ latlng }) => {
      if (this.drawing && this.working.length > 0) this.tell([place(latlng)]);
    });
    this.map.on("pm:create", ({ layer }) => {
      const made = ringsOf(layer as Polygon);
      layer.remove();
      this.drawing = null;
      void this.edit(made).then(() => this.onOutline(made, true));
    });
  }

  private tell(more: Ring): void {
    const corners = [...this.working, ...more];
    if (this.drawing === "Rectangle" && corners.length === 2) {
      const [[a, b], [c, d]] = corners as [[number, number], [number, number]];
      corners.splice(0, 2, [a, b], [c, b], [c, d], [a, d]);
    }
    this.onOutline(corners.length > 2 ? polygonal([[closed(corners)]]) : null, false);
  }

  private style(): PathOptions {
    return { color: token("accent"), fillColor: token("accent"), weight: 2, fillOpacity: 0.12 };
  }
}
