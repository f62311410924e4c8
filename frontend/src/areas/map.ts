import type { GeoJSON as GeoJSONLayer, Map as LeafletMap, Marker, PathOptions } from "leaflet";
import { divIcon, geoJSON, marker, rectangle } from "leaflet";
import { type Box, boxOf, type Place, type Polygonal } from "../geo/measure";
import { boundsOf } from "../map/setup";
import { element } from "../ui/dom";
import { onTheme, token } from "../ui/theme";
import type { Area, AreaStore } from "./store";

const PANE = "areas";

interface Drawn {
  layer: GeoJSONLayer;
  geometry: Polygonal;
}

/** The areas of the store on the map; the chosen one is marked. */
export class AreaMap {
  private readonly drawn = new Map<string, Drawn>();
  private place: Marker | null = null;
  private other: GeoJSONLayer | null = null;
  private hidden: string | null = null;

  constructor(
    private readonly map: LeafletMap,
    private readonly store: AreaStore,
  ) {
    map.createPane(PANE).style.zIndex = "410";
    store.onChange(() => this.draw());
    onTheme(() => this.paint());
  }

  /** While a person draws, clicks belong to the drawing. */
  passive(on: boolean): void {
    this.map.getPane(PANE)?.classList.toggle("passive", on);
  }

  /** Leaves out the area that is being edited: its outline is the editor's. */
  hide(id: string | null): void {
    this.hidden = id;
    this.paint();
  }

  fit(box: Box | null, maxZoom = 14): void {
    if (box) this.map.fitBounds(boundsOf(box), { padding: [48, 48], maxZoom, animate: false });
  }

  /** Outlines a box under the areas, named at its upper left corner. */
  frame([west, south, east, north]: Box, words: string): void {
    const style = { pane: "overlayPane", fill: false, interactive: false, weight: 1.5 };
    const box = rectangle(boundsOf([west, south, east, north]), { ...style, dashArray: "6 4" });
    const paint = (): unknown => box.setStyle({ color: token("control") });
    onTheme(paint);
    paint();
    box.addTo(this.map);
    const html = element("span", { class: "areas-frame" }, words);
    const sign = divIcon({ className: "areas-place-holder", html, iconSize: [0, 0] });
    const corner = marker([north, west], { icon: sign, interactive: false, keyboard: false });
    corner.addTo(this.map);
  }

  zoomTo(area: Area): void {
    this.fit(boxOf(area.geometry));
  }

  /** Marks a place with words: where an outline crosses itself. */
  show(place: Place | null, text = ""): void {
    this.place?.remove();
    this.place = null;
    if (!place) return;
    const html = element("span", { class: "areas-place" }, element("span", {}, text || "Here"));
    const sign = divIcon({ className: "areas-place-holder", html, iconSize: [0, 0] });
    this.place = marker([place[1], place[0]], { icon: sign, interactive: false, keyboard: false });
    this.place.addTo(this.map);
  }

  goTo(place: Place): void {
    this.map.setView([place[1], place[0]], Math.max(this.map.getZoom(), 11), { animate: false });
  }

  /** Draws another person's version under one's own. */
  showOther(geometry: Polygonal | null): void {
    this.other?.remove();
    this.other = null;
    if (!geometry) return;
    const style = { color: token("attention"), weight: 2, dashArray: "6 4", fill: false };
    this.other = geoJSON(geometry, { style, interactive: false }).addTo(this.map);
  }

  private draw(): void {
    for (const [id, { layer }] of this.drawn) {
      if (this.store.get(id)) continue;
      layer.remove();
      this.drawn.delete(id);
    }
    for (const area of this.store.all) this.put(area);
    this.paint();
  }

  private put(area: Area): void {
    const known = this.drawn.get(area.id);
    if (known?.geometry === area.geometry) return;
    known?.layer.remove();
    const layer = geoJSON(area.geometry, { pane: PANE, style: this.styleOf(area.id) });
    layer.bindTooltip(() => area.properties.name, { sticky: true });
    layer.on("click", () => this.store.choose(area.id));
    layer.addTo(this.map);
    this.drawn.set(area.id, { layer, geometry: area.geometry });
  }

  private paint(): void {
    for (const [id, { layer }] of this.drawn) layer.setStyle(this.styleOf(id));
    const chosen = this.store.selected;
    if (chosen) this.drawn.get(chosen.id)?.layer.bringToFront();
  }

  private styleOf(id: string): PathOptions {
    if (id === this.hidden) return { opacity: 0, fillOpacity: 0 };
    const chosen = this.store.selected?.id === id;
    return {
      color: chosen ? token("accent") : token("text-2"),
      fillColor: chosen ? token("accent") : token("text-3"),
      weight: chosen ? 3 : 1.5,
      opacity: 1,
      fillOpacity: chosen ? 0.16 : 0.1,
      dashArray: this.store.outside.has(id) ? "4 4" : "",
    };
  }
}
