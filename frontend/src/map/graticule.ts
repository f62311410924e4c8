import type { Coords, Map as LeafletMap } from "leaflet";
import { DomUtil, GridLayer } from "leaflet";
import { onTheme, token } from "../ui/theme";

const STEPS = [30, 15, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/** Degrees between lines so that about two cross a tile of 256 px. */
export function graticuleStep(zoom: number): number {
  const wanted = 360 / 2 ** zoom / 1.6;
  return STEPS.find((step) => step <= wanted) ?? 0.001;
}

/** The multiples of `step` within [low, high], free of float noise. */
export function lines(low: number, high: number, step: number): number[] {
  const found: number[] = [];
  for (let n = Math.ceil(low / step); n * step <= high; n += 1) {
    found.push(Number((n * step).toFixed(6)));
  }
  return found;
}

function drawTile(map: LeafletMap, coords: Coords, tile: HTMLCanvasElement): void {
  const context = tile.getContext("2d");
  if (!context) return;
  const { x, y, z } = coords;
  const west = map.unproject([x * 256, y * 256], z);
  const east = map.unproject([(x + 1) * 256, (y + 1) * 256], z);
  const step = graticuleStep(z);
  context.strokeStyle = token("line");
  context.fillStyle = token("text-3");
  context.font = "10px sans-serif";
  context.lineWidth = 1;
  context.beginPath();
  for (const lon of lines(west.lng, east.lng, step)) {
    const px = Math.round(map.project([0, lon], z).x - x * 256) + 0.5;
    context.moveTo(px, 0);
    context.lineTo(px, 256);
    if (y % 2 === 0) context.fillText(`${lon}°`, px + 3, 253);
  }
  for (const lat of lines(east.lat, Math.min(85, west.lat), step)) {
    const py = Math.round(map.project([lat, 0], z).y - y * 256) + 0.5;
    context.moveTo(0, py);
    context.lineTo(256, py);
    if (x % 2 === 0) context.fillText(`${lat}°`, 3, py - 3);
  }
  context.stroke();
}

/** Lines of longitude and latitude, finer with the zoom: a bare map still says where it is. */
export function addGraticule(map: LeafletMap): void {
  map.createPane("graticule").style.zIndex = "160";
  const Graticule = GridLayer.extend({
    createTile(coords: Coords): HTMLElement {
      const tile = DomUtil.create("canvas") as HTMLCanvasElement;
      tile.width = 256;
      tile.height = 256;
      drawTile(map, coords, tile);
      return tile;
    },
  });
  const layer = new (Graticule as unknown as new (o: object) => InstanceType<typeof GridLayer>)({
    pane: "graticule",
  });
  layer.addTo(map);
  onTheme(() => layer.redraw());
}
