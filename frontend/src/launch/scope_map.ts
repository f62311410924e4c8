import type { Feature, FeatureCollection, Geometry, Polygon } from "geojson";
import type { GeoJSON as GeoJSONLayer, Map as LeafletMap, Path, PathOptions } from "leaflet";
import { canvas, geoJSON } from "leaflet";
import { type BBox, boundsOf } from "../map/setup";
import { onTheme, token } from "../ui/theme";
import type { Estimate } from "./estimate_view";
import type { Scope } from "./scope";

type PlaceFeature = Feature<Geometry, { name: string; code?: string }>;

/** Areas and units to click, the scope of the last estimate and its blocks. */
export class ScopeMap {
  private readonly places: GeoJSONLayer;
  private readonly paths = new Map<string, Path>();
  private blocks: GeoJSONLayer | null = null;
  private boundary: GeoJSONLayer | null = null;
  private mark: GeoJSONLayer | null = null;
  private moved = false;

  constructor(
    private readonly map: LeafletMap,
    private readonly scope: Scope,
  ) {
    map.createPane("blocks").style.zIndex = "380";
    this.places = geoJSON(undefined, {
      style: (feature) => this.styleOf(String(feature?.id)),
      onEachFeature: (feature, layer) => this.remember(feature as PlaceFeature, layer as Path),
    }).addTo(map);
    scope.onChange(() => this.repaint());
    onTheme(() => this.repaint());
    map.on("dragstart", () => {
      this.moved = true;
    });
  }

  add(features: FeatureCollection | Feature): void {
    this.places.addData(features);
    const bounds = this.places.getBounds();
    if (!this.moved && bounds.isValid() && !this.scope.whole) this.fit(bounds);
  }

  look(bbox: BBox): void {
    this.fit(boundsOf(bbox) as never);
  }

  zoom(id: string): void {
    const path = this.paths.get(id) as unknown as { getBounds?(): never } | undefined;
    if (path?.getBounds) this.fit(path.getBounds());
  }

  showOutline(outline: Estimate["outline"]): void {
    this.blocks?.remove();
    this.boundary?.remove();
    this.blocks = null;
    this.boundary = null;
    if (!outline) return;
    const renderer = canvas({ pane: "blocks", padding: 0.3 });
    const base = { interactive: false, ...({ renderer } as object) };
    if (outline.blocks) {
      this.blocks = geoJSON(outline.blocks, { ...base, style: blockStyle }).addTo(this.map);
    }
    this.boundary = geoJSON(outline.boundary, { ...base, style: boundaryStyle }).addTo(this.map);
    if (!this.moved) this.fit(boundsOf(outline.bbox) as never);
  }

  /** Marks a place a warning speaks of. */
  show(bbox: BBox): void {
    this.mark?.remove();
    const [w, s, e, n] = bbox;
    const ring = [
      [w, s],
      [e, s],
      [e, n],
      [w, n],
      [w, s],
    ];
    const shape: Polygon = { type: "Polygon", coordinates: [ring] };
    this.mark = geoJSON(shape, {
      interactive: false,
      style: () => ({ color: token("attention"), weight: 3, dashArray: "6 4", fillOpacity: 0.1 }),
    }).addTo(this.map);
    this.fit(boundsOf(bbox) as never);
  }

  private fit(bounds: never): void;
  private fit(bounds: ReturnType<GeoJSONLayer["getBounds"]>): void;
  private fit(bounds: never): void {
    this.map.invalidateSize({ animate: false });
    const wide = this.map.getSize().x > 700;
    this.map.fitBounds(bounds, {
      paddingTopLeft: [wide ? 332 : 24, 24],
      paddingBottomRight: [24, 24],
      animate: false,
    });
  }

  private remember(feature: PlaceFeature, path: Path): void {
    const id = String(feature.id);
    this.paths.set(id, path);
    path.bindTooltip(() => this.scope.byId(id)?.name ?? "", { sticky: true });
    path.on("click", () => {
      const drawing = this.map.getContainer().classList.contains("drawing");
      if (!drawing) this.scope.toggle(id);
    });
    this.place(id, path);
  }

  /** Only places of the kind that is chosen from are on the map; before a choice, areas. */
  private place(id: string, path: Path): void {
    const kind = this.scope.whole ? "area" : this.scope.mode;
    if (this.scope.byId(id)?.kind === kind) this.places.addLayer(path);
    else this.places.removeLayer(path);
  }

  private repaint(): void {
    for (const [id, path] of this.paths) {
      this.place(id, path);
      path.setStyle(this.styleOf(id));
    }
    this.blocks?.setStyle(blockStyle());
    this.boundary?.setStyle(boundaryStyle());
  }

  private styleOf(id: string): PathOptions {
    const chosen = this.scope.isChosen(id);
    return {
      color: chosen ? token("accent") : token("text-2"),
      weight: chosen ? 3 : 1.5,
      dashArray: chosen ? "" : "4 4",
      fillColor: token("accent"),
      fillOpacity: chosen ? 0.22 : 0.04,
    };
  }
}

const blockStyle = (): PathOptions => ({
  color: token("control"),
  weight: 1,
  opacity: 0.8,
  fillColor: token("accent"),
  fillOpacity: 0.06,
});

const boundaryStyle = (): PathOptions => ({ color: token("accent"), weight: 2, fill: false });
