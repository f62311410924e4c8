import type { LatLngBounds } from "leaflet";
import { latLngBounds } from "leaflet";
import { onMap } from "../leaflet/page";
import { addOverlay, type Source } from "../map/overlays";
import { prepareMap } from "../map/setup";
import { pageData } from "../ui/dom";

interface PageData {
  sources: Source[];
  colors: Record<string, string>;
}

onMap("map", async (map) => {
  prepareMap(map, "topright");
  const { sources, colors } = pageData<PageData>("extent-data");
  const layers = await Promise.allSettled(sources.map((row) => addOverlay(map, row, colors)));
  const bounds: LatLngBounds = latLngBounds([]);
  for (const layer of layers) {
    if (layer.status === "fulfilled" && layer.value.getBounds().isValid()) {
      bounds.extend(layer.value.getBounds());
    }
  }
  if (bounds.isValid()) map.fitBounds(bounds, { padding: [24, 24], animate: false });
});
