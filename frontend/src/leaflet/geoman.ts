import type {} from "@geoman-io/leaflet-geoman-free";
import type { Map as LeafletMap } from "leaflet";

interface WithEditor {
  PM: { Map: new (map: LeafletMap) => LeafletMap["pm"] };
}

let loading: Promise<unknown> | null = null;

/** Loads the drawing tools when somebody draws; a map made before them gets its own now. */
export async function drawingTools(map: LeafletMap): Promise<LeafletMap["pm"]> {
  loading ??= Promise.all([
    import("@geoman-io/leaflet-geoman-free"),
    import("@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css"),
  ]);
  await loading;
  const { PM } = window.L as unknown as WithEditor;
  map.pm ??= new PM.Map(map);
  return map.pm;
}
