import type {
  GeoJSON as GeoJSONLayer,
  LayerGroup,
  Map as LeafletMap,
  Path,
  PathOptions,
  Polygon,
} from "leaflet";
import { canvas, circleMarker, geoJSON, layerGroup } from "leaflet";
import { getJson } from "../api/client";
import { type BBox, boundsOf } from "../map/setup";
import { onTheme, token } from "../ui/theme";
import type { FootprintProperties, Footprints, SceneFeature } from "./types";

const SMALLEST = 12;

type Shape = Footprints["features"][number];

/** Distinct footprints of a search on the map, the chosen one with a casing that is always seen. */
export class FootprintLayer {
  private readonly layer: GeoJSONLayer;
  private readonly paths = new Map<string, Path>();
  /** Footprints that are too small at this zoom are seen, and hit, as dots. */
  private readonly dots: LayerGroup = layerGroup();
  private outline: GeoJSONLayer | null = null;
  private chosen: string | null = null;
  private hovered: string | null = null;
  private most = 1;

  constructor(
    private readonly map: LeafletMap,
    private readonly pick: (shape: string) => void,
    private readonly covered: () => number,
  ) {
    map.createPane("footprints").style.zIndex = "420";
    map.createPane("chosen").style.zIndex = "430";
    this.layer = geoJSON(undefined, {
      pane: "footprints",
      ...({ renderer: canvas({ pane: "footprints", padding: 0.5 }) } as object),
      style: (feature) => this.styleOf(feature as Shape),
      onEachFeature: (feature, path) => this.remember(feature as Shape, path as Path),
    }).addTo(map);
    this.dots.addTo(map);
    map.on("zoomend", () => this.showDots());
    onTheme(() => this.repaint());
  }

  show(shapes: Footprints): void {
    this.layer.clearLayers();
    this.paths.clear();
    this.most = Math.max(1, ...shapes.features.map((row) => row.properties.scenes));
    // Large ones first, so that small ones can be pointed at.
    this.layer.addData(shapes);
    this.showDots();
  }

  private showDots(): void {
    this.dots.clearLayers();
    for (const [key, path] of this.paths) {
      const bounds = (path as Polygon).getBounds();
      const low = this.map.latLngToLayerPoint(bounds.getSouthWest());
      const high = this.map.latLngToLayerPoint(bounds.getNorthEast());
      if (Math.max(high.x - low.x, low.y - high.y) >= SMALLEST) continue;
      const feature = (path as Path & { shape: Shape }).shape;
      circleMarker(bounds.getCenter(), {
        ...this.styleOf(feature),
        pane: "footprints",
        radius: SMALLEST / 2,
        fillOpacity: 0.5,
      })
        .bindTooltip(() => tooltip(feature.properties))
        .on("click", () => this.pick(key))
        .addTo(this.dots);
    }
  }

  /** Fits the map to what is shown, or to a box. */
  fit(box: BBox | null): void {
    const bounds = box ? boundsOf(box) : this.layer.getBounds();
    const valid = box !== null || this.layer.getBounds().isValid();
    if (!valid) return;
    this.map.fitBounds(bounds, {
      paddingTopLeft: [32, 32],
      paddingBottomRight: [32 + this.covered(), 32],
      animate: false,
      maxZoom: 14,
    });
  }

  choose(scene: SceneFeature | null, shape: string | null): void {
    this.outline?.remove();
    this.outline = null;
    this.chosen = shape;
    if (scene) {
      const line = (color: string, weight: number): PathOptions => ({ color, weight, fill: false });
      const casing = geoJSON(scene.geometry, {
        pane: "chosen",
        interactive: false,
        style: line("#161a20", 5),
      });
      casing.addData(scene.geometry);
      this.outline = casing.addTo(this.map);
      geoJSON(scene.geometry, {
        pane: "chosen",
        interactive: false,
        style: line("#ffffff", 2),
      }).eachLayer((part) => this.outline?.addLayer(part));
    }
    this.repaint();
  }

  hover(shape: string | null): void {
    if (shape === this.hovered) return;
    const before = this.hovered;
    this.hovered = shape;
    for (const key of [before, shape]) if (key) this.paint(key);
  }

  private remember(feature: Shape, path: Path): void {
    const key = String(feature.id);
    this.paths.set(key, path);
    Object.assign(path, { shape: feature });
    path.bindTooltip(() => tooltip(feature.properties), { sticky: true });
    path.on("click", () => this.pick(key));
  }

  private repaint(): void {
    this.showDots();
    for (const key of this.paths.keys()) this.paint(key);
  }

  private paint(key: string): void {
    const path = this.paths.get(key) as (Path & { shape: Shape }) | undefined;
    path?.setStyle(this.styleOf(path.shape));
  }

  private styleOf(feature: Shape): PathOptions {
    const key = String(feature.id);
    const near = key === this.hovered || key === this.chosen;
    const dense = feature.properties.scenes / this.most;
    const color = token("accent");
    return {
      color,
      weight: near ? 2.5 : 1,
      opacity: near ? 1 : 0.8,
      fillColor: color,
      // Under a scene that is drawn the fill would tint the image.
      fillOpacity: key === this.chosen ? 0 : near ? 0.22 : 0.04 + 0.1 * dense,
    };
  }
}

function tooltip(row: FootprintProperties): string {
  const parts = [`${row.scenes.toLocaleString("en-US")} scene${row.scenes === 1 ? "" : "s"}`];
  if (row.first) parts.push(row.first === row.last ? row.first : `${row.first} to ${row.last}`);
  if (row.cloud !== null) parts.push(`mean cloud ${Math.round(row.cloud)} %`);
  if (row.excluded) parts.push(`${row.excluded} left out`);
  return parts.join(" · ");
}

export function footprintsRead(query: string, signal: AbortSignal): Promise<Footprints> {
  return getJson<Footprints>(`/api/v1/catalog/scenes/footprints/?${query}`, signal);
}
