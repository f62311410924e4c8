import type {
  GeoJSON as GeoJSONLayer,
  Map as LeafletMap,
  LeafletMouseEvent,
  Marker,
  PathOptions,
} from "leaflet";
import { divIcon, geoJSON, latLngBounds, marker } from "leaflet";
import type { Area } from "../areas/store";
import { centreOf, type Polygonal, rectangleOf } from "../geo/measure";
import { boundsOf } from "../map/setup";
import { icon } from "../ui/dom";
import { onTheme, token } from "../ui/theme";
import { type BoardState, WHOLE } from "./state";

const PANE = "production";
const MAX_TOOLTIP_AREAS = 2000;

/** Areas filled by their stage; a state is a symbol on top, never another fill. */
export class ProductionMap {
  private readonly layers = new Map<string, GeoJSONLayer>();
  private readonly outlines = new Map<string, Polygonal>();
  private readonly symbols = new Map<string, Marker>();

  constructor(
    private readonly map: LeafletMap,
    private readonly state: BoardState,
  ) {
    map.createPane(PANE).style.zIndex = "405";
    state.onChange(() => this.paint());
    onTheme(() => this.paint());
    const whole = state.get(WHOLE);
    if (whole) this.put(WHOLE, rectangleOf(whole.extent));
    this.fit();
  }

  /** Draws a page of outlines. */
  add(areas: Area[]): void {
    for (const area of areas) this.put(area.id, area.geometry);
    this.paint();
  }

  geometryOf(id: string): Polygonal | undefined {
    return this.outlines.get(id);
  }

  fit(): void {
    const bounds = latLngBounds([]);
    for (const area of this.state.areas) bounds.extend(boundsOf(area.extent) as never);
    if (bounds.isValid()) this.map.fitBounds(bounds, { padding: [56, 56], animate: false });
  }

  private put(id: string, geometry: Polygonal): void {
    this.layers.get(id)?.remove();
    this.outlines.set(id, geometry);
    const layer = geoJSON(geometry, { pane: PANE, style: this.styleOf(id) });
    layer.on("click", (event: LeafletMouseEvent) => {
      const { ctrlKey, metaKey, shiftKey } = event.originalEvent;
      this.state.click(id, ctrlKey || metaKey || shiftKey);
    });
    if (this.layers.size < MAX_TOOLTIP_AREAS) {
      layer.bindTooltip(() => this.words(id), { sticky: true });
    }
    layer.addTo(this.map);
    this.layers.set(id, layer);
  }

  private words(id: string): string {
    const area = this.state.get(id);
    return area ? this.state.sentence(area) : "";
  }

  private paint(): void {
    for (const [id, layer] of this.layers) {
      if (this.state.get(id)) {
        layer.setStyle(this.styleOf(id));
        if (this.state.has(id)) layer.bringToFront();
      } else {
        layer.remove();
        this.layers.delete(id);
      }
    }
    this.paintSymbols();
  }

  private paintSymbols(): void {
    for (const symbol of this.symbols.values()) symbol.remove();
    this.symbols.clear();
    for (const area of this.state.areas) {
      const row = this.state.stateRow(area);
      if (!row) continue;
      const html = document.createElement("span");
      html.className = `board-symbol tone-${row.tone}`;
      html.append(icon(row.tone));
      const sign = divIcon({ className: "board-symbol-holder", html, iconSize: [0, 0] });
      const [lon, lat] = centreOf(area.extent);
      const symbol = marker([lat, lon], { icon: sign, interactive: false, keyboard: false });
      this.symbols.set(area.id, symbol.addTo(this.map));
    }
  }

  private styleOf(id: string): PathOptions {
    const area = this.state.get(id);
    const chosen = this.state.has(id);
    return {
      fillColor: token(`stage-${area ? this.state.stageLevel(area) : 0}`),
      fillOpacity: 0.92,
      color: chosen ? token("accent") : token("surface"),
      weight: chosen ? 3 : 1.5,
      opacity: 1,
    };
  }
}
