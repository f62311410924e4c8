import type { FeatureCollection, MultiPolygon, Polygon } from "geojson";
import type { BBox } from "../map/setup";

export interface Named {
  id: string;
  name: string;
}

/** What the server wrote into the page. */
export interface PageData {
  project: string;
  slug: string;
  mayEdit: boolean;
  mayLaunch: boolean;
  aois: (Named & { bbox: BBox })[];
  collections: (Named & { scenes: number })[];
  sensors: Named[];
  extent: BBox | null;
  launch: string;
  importSamples: string;
  jobUrl: string;
}

export interface SceneAsset {
  href: string;
  type: string;
  roles: string[];
  title?: string;
  "eo:bands"?: { name: string; common_name?: string }[];
  "raster:bands"?: unknown[];
}

export interface SceneFeature {
  id: string;
  collection: string;
  bbox: BBox;
  geometry: Polygon | MultiPolygon;
  properties: {
    item_id: string;
    datetime: string | null;
    "eo:cloud_cover": number | null;
    platform: string | null;
    sensor: string;
    included: boolean;
    excluded_reason: string | null;
    flagged_reason: string | null;
    valid_percent: number | null;
  };
  assets: Record<string, SceneAsset>;
}

export interface ScenePage {
  count: number;
  features: SceneFeature[];
}

/** All scenes of a search as columns, in the order of the list. */
export interface Ticks {
  id: string[];
  day: string[];
  cloud: (number | null)[];
  /** One letter each: i in selections, e left out, f flagged. */
  state: string;
  shape: number[];
  shapes: string[];
}

export interface Totals {
  count: number;
  selectable: number;
  excluded: number;
  flagged: number;
  first: string | null;
  last: string | null;
}

export interface FootprintProperties {
  scenes: number;
  excluded: number;
  flagged: number;
  first: string | null;
  last: string | null;
  cloud: number | null;
}

export type Footprints = FeatureCollection<Polygon | MultiPolygon, FootprintProperties> & {
  aggregated: boolean;
};

export interface Period {
  start: string;
  end: string;
  scenes: number;
  valid: number;
  measured: number;
  estimated: number;
  unknown: number;
}

export interface Calendar {
  of: "area" | "footprints";
  km2: number;
  truncated: boolean;
  periods: Period[];
}

export interface FormerState {
  id: string;
  included: boolean;
  reason: string;
}

export interface ImportProgress {
  job: string;
  href: string;
  status: string;
  stage: "read" | "probe" | "apply";
  items: number | null;
  files: number | null;
  rasters: { done: number; total: number } | null;
  counts: Record<string, number | null>;
  error_count: number | null;
  errors: { item: string; asset: string; message: string; advice?: string }[];
  error: { message: string; advice: string } | null;
}
