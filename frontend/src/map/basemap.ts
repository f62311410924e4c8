import type { Map as LeafletMap, PathOptions } from "leaflet";
import { canvas, geoJSON } from "leaflet";
import { onTheme, token } from "../ui/theme";
import { countries } from "./world";

function landStyle(): PathOptions {
  return {
    fillColor: token("land"),
    fillOpacity: 1,
    color: token("coast"),
    weight: 0.8,
    interactive: false,
  };
}

/** Country outlines from the page's own files: a base map that needs no internet. */
export async function addBaseMap(map: LeafletMap): Promise<void> {
  const pane = map.createPane("base");
  pane.style.zIndex = "150";
  map.attributionControl?.addAttribution("Outlines: Natural Earth");
  const land = geoJSON(await countries(), {
    pane: "base",
    interactive: false,
    style: landStyle,
    ...({ renderer: canvas({ pane: "base", padding: 0.3 }) } as object),
  }).addTo(map);
  onTheme(() => land.setStyle(landStyle()));
}
