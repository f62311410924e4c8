import type { GeoJSON as GeoJSONLayer, Map as LeafletMap, Path, PathOptions } from "leaflet";
import { geoJSON } from "leaflet";
import type { BlockFeature, BlockState, Blocks } from "../api/types";
import { onTheme, token } from "../ui/theme";

const key = (ix: number, iy: number): string => `${ix},${iy}`;

const WORDS: Record<BlockState, string> = {
  pending: "Waiting",
  running: "Running",
  done: "Done",
  skipped: "Nothing valid here",
  degraded: "Done with fewer scenes",
  quarantined: "Failed",
  waived: "Waived",
};

export function blockStyle(state: BlockState): PathOptions {
  const plain = { weight: 1, opacity: 1, fillOpacity: 0.25 };
  switch (state) {
    case "running":
      return { ...plain, weight: 2, color: token("accent"), fillColor: token("accent") };
    case "done":
      return { ...plain, color: token("good"), fillColor: token("good") };
    case "skipped":
      return { ...plain, color: token("waiting"), fillOpacity: 0.05, dashArray: "2 4" };
    case "degraded":
      return { ...plain, weight: 2, color: token("attention"), fillColor: token("attention") };
    case "quarantined":
    case "waived":
      return {
        ...plain,
        weight: 2,
        color: token("failed"),
        fillColor: token("failed"),
        fillOpacity: 0.45,
      };
    default:
      return { ...plain, color: token("control"), fillOpacity: 0.04, dashArray: "3 3" };
  }
}

export type BlockCounts = Partial<Record<BlockState, number>>;

/** The outlines of a step's blocks on a map, coloured by state, changed in place. */
export class BlockOverlay {
  private readonly layer: GeoJSONLayer;
  private placeless = false;
  private outlineOnly = false;
  private readonly features = new Map<string, { feature: BlockFeature; path: Path }>();

  constructor(private readonly map: LeafletMap) {
    this.layer = geoJSON(undefined, {
      style: (feature) => this.styleOf((feature as BlockFeature).properties.state),
      onEachFeature: (feature, layer) => this.remember(feature as BlockFeature, layer as Path),
    }).addTo(map);
    onTheme(() => this.repaint());
  }

  get size(): number {
    return this.features.size;
  }

  show(blocks: Blocks): void {
    const first = this.features.size === 0;
    this.layer.clearLayers();
    this.features.clear();
    this.layer.addData(blocks);
    this.placeless = blocks.features.length > 0 && this.features.size === 0;
    const bounds = this.layer.getBounds();
    if (first && bounds.isValid()) {
      this.map.fitBounds(bounds, {
        paddingTopLeft: [24, 24],
        paddingBottomRight: [24, 76],
        animate: false,
      });
    }
  }

  /** Sets the state of one block; false when it should be on the map and is not. */
  set(ix: number, iy: number, state: BlockState): boolean {
    const known = this.features.get(key(ix, iy));
    if (!known) return this.placeless;
    known.feature.properties.state = state;
    known.path.setStyle(this.styleOf(state));
    return true;
  }

  /** Keeps the outlines of good blocks only, so that the map under them is seen. */
  uncover(): void {
    this.outlineOnly = true;
    this.repaint();
  }

  counts(): BlockCounts {
    const counts: BlockCounts = {};
    for (const { feature } of this.features.values()) {
      const { state } = feature.properties;
      counts[state] = (counts[state] ?? 0) + 1;
    }
    return counts;
  }

  private repaint(): void {
    for (const { feature, path } of this.features.values()) {
      path.setStyle(this.styleOf(feature.properties.state));
    }
  }

  private styleOf(state: BlockState): PathOptions {
    const style = blockStyle(state);
    return this.outlineOnly && state === "done" ? { ...style, fillOpacity: 0 } : style;
  }

  private remember(feature: BlockFeature, path: Path): void {
    const { ix, iy } = feature.properties;
    this.features.set(key(ix, iy), { feature, path });
    path.bindTooltip(
      () => {
        const { state, error_message: message, error } = feature.properties;
        return [`Block ${ix}, ${iy}: ${WORDS[state]}`, message ?? error].filter(Boolean).join(". ");
      },
      { sticky: true },
    );
  }
}
