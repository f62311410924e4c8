import type { Map as LeafletMap, LeafletMouseEvent, Polyline } from "leaflet";
import { polyline } from "leaflet";
import type { Ring } from "../geo/measure";
import { token } from "../ui/theme";

/** Draws a free line with the pointer and answers with what it encloses. */
export class Lasso {
  private line: Polyline | null = null;
  private active = false;

  constructor(
    private readonly map: LeafletMap,
    private readonly onRing: (ring: Ring) => void,
  ) {
    map.on("mousedown", (event) => this.begin(event));
    map.on("mousemove", (event) => this.move(event));
    map.on("mouseup", () => this.end());
  }

  get on(): boolean {
    return this.active;
  }

  arm(on: boolean): void {
    this.active = on;
    if (on) this.map.dragging.disable();
    else this.map.dragging.enable();
    this.map.getContainer().classList.toggle("lasso-on", on);
    this.line?.remove();
    this.line = null;
  }

  private begin(event: LeafletMouseEvent): void {
    if (!this.active) return;
    const style = { color: token("accent"), weight: 2, dashArray: "4 4", interactive: false };
    this.line = polyline([event.latlng], style).addTo(this.map);
  }

  private move(event: LeafletMouseEvent): void {
    this.line?.addLatLng(event.latlng);
  }

  private end(): void {
    if (!this.line) return;
    const corners = this.line.getLatLngs() as { lat: number; lng: number }[];
    const ring: Ring = corners.map(({ lat, lng }) => [lng, lat]);
    this.arm(false);
    if (ring.length > 2) this.onRing(ring);
  }
}
