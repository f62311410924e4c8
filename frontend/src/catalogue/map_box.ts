import type { Map as LeafletMap } from "leaflet";

const within = (value: number, limit: number): number => Math.min(limit, Math.max(-limit, value));

/** What a map shows as west,south,east,north, cut to the globe. */
export function mapBox(map: LeafletMap): string {
  const bounds = map.getBounds();
  const box = [
    within(bounds.getWest(), 180),
    within(bounds.getSouth(), 90),
    within(bounds.getEast(), 180),
    within(bounds.getNorth(), 90),
  ];
  return box.map((value) => value.toFixed(4)).join(",");
}
