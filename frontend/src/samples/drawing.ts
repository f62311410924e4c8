import type { Geometry } from "geojson";
import type { Layer, Map as LeafletMap, Marker, Polygon } from "leaflet";
import { divIcon, geoJSON, marker } from "leaflet";
import type { Row } from "./model";

/** The drawing library comes with the first polygon that is drawn or edited. */
async function geoman(map: LeafletMap): Promise<LeafletMap["pm"]> {
  await import("@geoman-io/leaflet-geoman-free");
  await import("@geoman-io/leaflet-geoman-free/dist/leaflet-geoman.css");
  // The map was made before the library: it gets its part here.
  const pm = window.L.PM as unknown as { Map: new (map: LeafletMap) => LeafletMap["pm"] };
  map.pm ??= new pm.Map(map);
  return map.pm;
}

const DECIMALS = 1e7;

/** Coordinates as they are sent: a centimetre is fine enough. */
export function rounded<T extends Geometry>(geometry: T): T {
  return JSON.parse(JSON.stringify(geometry), (_, value: unknown) =>
    typeof value === "number" ? Math.round(value * DECIMALS) / DECIMALS : value,
  ) as T;
}

const shapeOf = (layer: Layer): Geometry =>
  rounded((layer as Polygon).toGeoJSON().geometry as Geometry);

const STYLE = { color: "#ffffff", weight: 3, fillOpacity: 0.2, fillColor: "#2b59d0" };

/**
 * Draws one polygon after the other until it is stopped. Corners do not snap: the outline of an
 * area near by would take the click that closes the polygon.
 */
export async function drawShapes(
  map: LeafletMap,
  onDrawn: (geometry: Geometry) => void,
): Promise<() => void> {
  const pm = await geoman(map);
  const begin = (): void => {
    pm.enableDraw("Polygon", {
      allowSelfIntersection: false,
      snappable: false,
      continueDrawing: false,
      pathOptions: STYLE,
      templineStyle: { color: "#ffffff" },
      hintlineStyle: { color: "#ffffff", dashArray: [5, 5] },
    });
  };
  const made = ({ layer }: { layer: Layer }): void => {
    const geometry = shapeOf(layer);
    layer.remove();
    onDrawn(geometry);
    setTimeout(begin);
  };
  map.on("pm:create", made);
  begin();
  return () => {
    map.off("pm:create", made);
    pm.disableDraw();
  };
}

type Moved = (before: Geometry, after: Geometry) => void;

function handle(): ReturnType<typeof divIcon> {
  return divIcon({ className: "move-handle", iconSize: [18, 18] });
}

function movePoint(map: LeafletMap, row: Row, onMoved: Moved): () => void {
  const [lon, lat] = (row.geometry as GeoJSON.Point).coordinates as [number, number];
  const grip: Marker = marker([lat, lon], {
    draggable: true,
    autoPan: true,
    icon: handle(),
    keyboard: true,
    alt: "Place of the sample; drag it",
  }).addTo(map);
  let before = row.geometry as Geometry;
  grip.on("dragend", () => {
    const { lat: y, lng: x } = grip.getLatLng();
    const after = rounded<Geometry>({ type: "Point", coordinates: [x, y] });
    onMoved(before, after);
    before = after;
  });
  return () => void grip.remove();
}

/** Lets a sample be moved, or its vertices; each finished move is told. */
export async function editShape(map: LeafletMap, row: Row, onMoved: Moved): Promise<() => void> {
  if (row.geometry?.type === "Point") return movePoint(map, row, onMoved);
  await geoman(map);
  const layer = geoJSON(row.geometry as never, { style: STYLE, pane: "rings" });
  let before = row.geometry as Geometry;
  const settled = (): void => {
    const [part] = layer.getLayers();
    if (!part) return;
    const after = shapeOf(part);
    if (JSON.stringify(after) === JSON.stringify(before)) return;
    onMoved(before, after);
    before = after;
  };
  layer.addTo(map);
  layer.eachLayer((part) => {
    part.on("pm:markerdragend pm:vertexadded pm:vertexremoved pm:dragend", settled);
    (part as Polygon).pm.enable({
      allowSelfIntersection: false,
      snappable: false,
      draggable: false,
    });
  });
  return () => {
    layer.eachLayer((part) => (part as Polygon).pm.disable());
    layer.remove();
  };
}
