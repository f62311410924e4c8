import type { ControlPosition, LatLngBoundsExpression, Map as LeafletMap } from "leaflet";
import { addBaseMap } from "./basemap";
import { addGraticule } from "./graticule";

export type BBox = [west: number, south: number, east: number, north: number];

export const EUROPE: LatLngBoundsExpression = [
  [34, -11],
  [66, 36],
];

export function boundsOf([west, south, east, north]: BBox): LatLngBoundsExpression {
  return [
    [south, west],
    [north, east],
  ];
}

/** What every map of the house has: land outlines, graticule, zoom buttons in one place. */
export function prepareMap(map: LeafletMap, zoomAt: ControlPosition): void {
  map.zoomControl?.setPosition(zoomAt);
  map.fitBounds(EUROPE, { animate: false });
  addGraticule(map);
  void addBaseMap(map);
}
