import type { Map as LeafletMap, Polyline } from "leaflet";
import { polyline } from "leaflet";
import type { Ring } from "../geo/measure";
import { token } from "../ui/theme";

/** Draws a free line with mouse, pen or finger and answers with what it encloses. */
export class Lasso {
  private line: Polyline | null = null;
  private active = false;
  private readonly place: HTMLElement;

  constructor(
    private readonly map: LeafletMap,
    private readonly onRing: (ring: Ring) => void,
  ) {
    this.place = map.getContainer();
    this.place.addEventListener("pointerdown", (event) => this.begin(event));
    this.place.addEventListener("pointermove", (event) => {
      this.line?.addLatLng(this.map.mouseEventToLatLng(event));
    });
    this.place.addEventListener("pointerup", () => this.end());
    this.place.addEventListener("pointercancel", () => this.arm(false));
  }

  get on(): boolean {
    return this.active;
  }

  arm(on: boolean): void {
    this.active = on;
    if (on) this.map.dragging.disable();
    else this.map.dragging.enable();
    this.place.classList.toggle("lasso-on", on);
    this.line?.remove();
    this.line = null;
  }

  /** The pointer is held, so that a line that ends over a panel ends all the same. */
  private begin(event: PointerEvent): void {
    const onControl = event.target instanceof Element && event.target.closest(".leaflet-control");
    if (!this.active || event.button !== 0 || onControl) return;
    this.place.setPointerCapture(event.pointerId);
    const style = { color: token("accent"), weight: 2, dashArray: "4 4", interactive: false };
    this.line = polyline([this.map.mouseEventToLatLng(event)], style).addTo(this.map);
  }

  private end(): void {
    if (!this.line) return;
    const corners = this.line.getLatLngs() as { lat: number; lng: number }[];
    const ring: Ring = corners.map(({ lat, lng }) => [lng, lat]);
    this.swallowClick();
    this.arm(false);
    this.onRing(ring.length > 2 ? ring : []);
  }

  /** The end of a line is no click on what lies under it. */
  private swallowClick(): void {
    const stop = (event: Event): void => event.stopPropagation();
    this.place.addEventListener("click", stop, { capture: true, once: true });
    setTimeout(() => this.place.removeEventListener("click", stop, { capture: true }), 0);
  }
}
