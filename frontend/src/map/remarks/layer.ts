import type { LayerGroup, Map as LeafletMap } from "leaflet";
import { geoJSON, layerGroup } from "leaflet";
import { token } from "../../ui/theme";
import type { ReviewContext } from "../review/hooks";
import { CLOSE_ZOOM, placeOf, type Remark } from "./model";
import { PIN_PANE, remarkPin } from "./pin";
import type { Remarks } from "./source";

/** Draws remarks as pins above the stack, areas with their outline; a pin opens its remark. */
export class RemarkLayer {
  private readonly drawn: LayerGroup = layerGroup();
  private on = true;

  constructor(
    private readonly map: LeafletMap,
    private readonly remarks: Remarks,
    private readonly open: (id: string) => void,
  ) {
    if (!map.getPane(PIN_PANE)) map.createPane(PIN_PANE).style.zIndex = "640";
    this.drawn.addTo(map);
    remarks.watch(() => this.draw());
  }

  show(on: boolean): void {
    this.on = on;
    this.draw();
  }

  private draw(): void {
    const focused = this.focused();
    this.drawn.clearLayers();
    if (!this.on) return;
    for (const row of this.remarks.drawn()) {
      const selected = row.id === this.remarks.selected;
      if (row.geometry.type === "Polygon") this.outline(row, selected);
      const pin = remarkPin(row, selected, () => this.open(row.id));
      this.drawn.addLayer(pin);
      const node = pin.getElement();
      if (node) node.dataset.remark = row.id;
      if (row.id === focused) node?.focus({ preventScroll: true });
    }
  }

  /** The remark whose pin has the focus: it has it again after drawing. */
  private focused(): string | undefined {
    const now = document.activeElement;
    return now instanceof HTMLElement && this.map.getPane(PIN_PANE)?.contains(now)
      ? now.dataset.remark
      : undefined;
  }

  private outline(row: Remark, selected: boolean): void {
    for (const [color, weight] of [
      ["#161a20", selected ? 7 : 5],
      ["#ffffff", selected ? 4 : 2],
    ] as const) {
      const style = { color, weight, fillColor: token("accent"), fillOpacity: 0.1 };
      const options = { style, pane: PIN_PANE, interactive: false };
      this.drawn.addLayer(geoJSON(row.geometry, options));
    }
  }
}

/** Reads the list and, when asked, moves the map to the remark that is selected. */
export async function firstLoad(
  remarks: Remarks,
  review: ReviewContext,
  move: boolean,
): Promise<void> {
  await remarks.load();
  const chosen = remarks.find(remarks.selected);
  if (move && chosen) review.moveTo(placeOf(chosen), CLOSE_ZOOM);
}
