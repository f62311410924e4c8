import type { Map as LeafletMap } from "leaflet";

interface MapInit {
  id: string;
  map: LeafletMap;
}

/**
 * Calls back with the map that django-leaflet makes for `id`. Modules run before the window's
 * `load` event, which is when that tag creates its maps.
 */
export function onMap(id: string, start: (map: LeafletMap) => void): void {
  window.addEventListener("map:init", (event) => {
    const { detail } = event as CustomEvent<MapInit>;
    if (detail.id === id) start(detail.map);
  });
}
