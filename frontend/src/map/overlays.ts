import type { FeatureCollection } from "geojson";
import type {
  CircleMarker,
  GeoJSON as GeoJSONLayer,
  Map as LeafletMap,
  PathOptions,
} from "leaflet";
import { circleMarker, geoJSON } from "leaflet";
import { getJson } from "../api/client";
import { onTheme, token } from "../ui/theme";

export type OverlayKind = "aoi" | "scene" | "sample";

export interface Source {
  url: string;
  kind: OverlayKind;
}

function style(kind: OverlayKind): PathOptions {
  switch (kind) {
    case "aoi":
      return { color: token("text-1"), weight: 2, dashArray: "6 4", fill: false };
    case "scene":
      return { color: token("accent"), weight: 1, fillOpacity: 0 };
    default:
      return { color: "#161a20", weight: 1, fillOpacity: 0.9 };
  }
}

function named(properties: Record<string, unknown> | null): string {
  const { name, title, datetime, class_code: code } = properties ?? {};
  return String(name ?? title ?? datetime ?? (code == null ? "" : `Class ${code}`));
}

/** Draws a GeoJSON list of the API; `colors` gives samples the colour of their class. */
export async function addOverlay(
  map: LeafletMap,
  source: Source,
  colors: Record<string, string> = {},
): Promise<GeoJSONLayer> {
  const rows = await getJson<FeatureCollection>(source.url);
  const color = (code: unknown): string => colors[String(code)] ?? token("control");
  const layer = geoJSON(rows, {
    interactive: source.kind !== "aoi",
    style: (feature) =>
      source.kind === "sample"
        ? { ...style("sample"), fillColor: color(feature?.properties?.class_code) }
        : style(source.kind),
    pointToLayer: (feature, place): CircleMarker =>
      circleMarker(place, {
        ...style("sample"),
        radius: 4,
        fillColor: color(feature.properties?.class_code),
      }),
    onEachFeature: (feature, shape) => {
      const text = named(feature.properties);
      if (text && source.kind !== "aoi") shape.bindTooltip(text, { sticky: true });
    },
  }).addTo(map);
  if (source.kind !== "sample") onTheme(() => layer.setStyle(style(source.kind)));
  return layer;
}
