/**
 * The page has one Leaflet, the one django-leaflet serves. `import … from "leaflet"` resolves here
 * (vite alias); types come from @types/leaflet. Add a name here when a module needs it.
 */
type LeafletModule = typeof import("leaflet");

declare global {
  interface Window {
    L: LeafletModule;
  }
}

const leaflet = window.L;

export const circleMarker = leaflet.circleMarker;
export const geoJSON = leaflet.geoJSON;
export const latLng = leaflet.latLng;
export const latLngBounds = leaflet.latLngBounds;
export const canvas = leaflet.canvas;
export const polygon = leaflet.polygon;
export const marker = leaflet.marker;
export const rectangle = leaflet.rectangle;
export const divIcon = leaflet.divIcon;
export const polyline = leaflet.polyline;
export const svg = leaflet.svg;
export const tileLayer = leaflet.tileLayer;
export const GridLayer = leaflet.GridLayer;
export const DomUtil = leaflet.DomUtil;
export const layerGroup = leaflet.layerGroup;
export const map = leaflet.map;
export const DomEvent = leaflet.DomEvent;
