import type {
  GeoJSONOptions,
  Layer,
  Map as LeafletMap,
  LeafletMouseEvent,
  PathOptions,
} from "leaflet";
import { circleMarker, DomEvent, geoJSON } from "leaflet";
import { token } from "../../ui/theme";
import { type Remark, STATUS } from "./model";
import type { Remarks } from "./source";

const PANE = "remarks";

/** Draws remarks as white-cased marks above the stack; a click selects one. */
export class RemarkLayer {
  private drawn: Layer | null = null;
  private on = true;

  constructor(
    private readonly map: LeafletMap,
    private readonly remarks: Remarks,
    private readonly open: (id: string) => void,
  ) {
    if (!map.getPane(PANE)) map.createPane(PANE).style.zIndex = "640";
    remarks.watch(() => this.draw());
  }

  show(on: boolean): void {
    this.on = on;
    this.draw();
  }

  private draw(): void {
    this.drawn?.remove();
    this.drawn = null;
    if (!this.on) return;
    const rows = this.remarks.all();
    const byId = new Map(rows.map((row) => [row.id, row]));
    const style = (id: string) => this.style(byId.get(id));
    const options: GeoJSONOptions = {
      pointToLayer: (feature, at) =>
        circleMarker(at, { ...style(String(feature.id)), pane: PANE, radius: 9 }),
      style: (feature) => ({ ...style(String(feature?.id)), pane: PANE }),
      onEachFeature: (feature, layer) => {
        const row = byId.get(String(feature.id));
        if (row) this.bind(row, layer);
      },
    };
    const features = rows.map((row) => ({ ...row, type: "Feature" }));
    this.drawn = geoJSON(features as never, options).addTo(this.map);
  }

  private bind(row: Remark, layer: Layer): void {
    const { number, status, text } = row.properties;
    layer.bindTooltip(`${number} · ${STATUS[status].word} · ${text.slice(0, 80)}`);
    layer.on("click", (event: LeafletMouseEvent) => {
      DomEvent.stopPropagation(event);
      this.open(row.id);
    });
  }

  private style(row: Remark | undefined): PathOptions {
    const tone = row ? STATUS[row.properties.status].tone : "waiting";
    const selected = row?.id === this.remarks.selected;
    return {
      color: "#ffffff",
      weight: selected ? 4 : 2,
      fillColor: token(tone),
      fillOpacity: row?.geometry.type === "Polygon" ? 0.35 : 0.95,
    };
  }
}
