import type { GeoJSON as GeoJSONLayer, Map as LeafletMap } from "leaflet";
import { addOverlay as drawRows } from "../overlays";
import { addOverlay } from "./hooks";

/** Panes of every map of the house that the layers panel can switch off. */
const PANES: Record<string, string> = { countries: "base", graticule: "graticule" };

export function showBase(map: LeafletMap, off: readonly string[]): void {
  for (const [id, name] of Object.entries(PANES)) {
    const pane = map.getPane(name);
    if (pane) pane.style.display = off.includes(id) ? "none" : "";
  }
}

for (const [id, title] of [
  ["graticule", "Grid lines"],
  ["countries", "Countries"],
] as const) {
  addOverlay({
    id,
    title,
    attach: ({ map, store }) => ({ show: () => showBase(map, store.get().off) }),
  });
}

addOverlay({
  id: "areas",
  title: "Areas of interest",
  attach({ map, project }) {
    let wanted = true;
    let layer: GeoJSONLayer | null = null;
    const url = `/api/v1/aois/?project=${project.id}&page_size=500`;
    void drawRows(map, { url, kind: "aoi" })
      .then((drawn) => {
        layer = drawn;
        if (!wanted) layer.remove();
      })
      .catch(() => undefined);
    return {
      show(on) {
        wanted = on;
        if (on) layer?.addTo(map);
        else layer?.remove();
      },
    };
  },
});
