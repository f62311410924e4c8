import type { Feature, FeatureCollection, Geometry } from "geojson";

export type JobStatus =
  | "created"
  | "queued"
  | "running"
  | "paused"
  | "finished"
  | "finished_with_errors"
  | "error"
  | "canceling"
  | "canceled";

export interface Progress {
  done: number;
  total: number;
  failed: number;
  fraction: number;
  reused?: number;
  rate?: number;
}

export interface Stage {
  name: string;
  title: string;
  state: string;
  n_blocks?: number;
  done?: number;
  total?: number;
}

export interface Run {
  number: number;
  counters?: {
    planned: number;
    done: number;
    reused: number;
    skipped: number;
    degraded: number;
    quarantined: number;
    waived: number;
    bytes: number;
    core_seconds: number;
  };
  state: string;
  stages?: Stage[];
  steps?: Stage[];
  started_at?: string | null;
  ended_at?: string | null;
  pause_reason?: string;
}

export interface Job {
  id: string;
  workflow: string;
  status: JobStatus;
  progress: Progress;
  runs: Run[];
  outputs: { layers?: string[]; model_version?: string | null; assessment?: string | null };
  warnings: string[];
  error: { class: string; message: string; advice: string } | null;
}

export type BlockState =
  | "pending"
  | "running"
  | "done"
  | "skipped"
  | "degraded"
  | "quarantined"
  | "waived";

export type BlockCounts = Partial<Record<BlockState, number>>;

export interface BlockProperties {
  ix: number;
  iy: number;
  state: BlockState;
  step?: string;
  error_message?: string;
  error?: string;
}

export type BlockFeature = Feature<Geometry, BlockProperties>;
export type Blocks = FeatureCollection<Geometry, BlockProperties> & {
  next?: string | null;
};

export interface LegendEntry {
  code?: number;
  value?: number;
  name?: string;
  label?: string;
  color: string;
}

export interface Layer {
  id: string;
  name: string;
  role: string;
  status: string;
  bbox: [number, number, number, number];
  tiles: string;
  legend: LegendEntry[];
  style?: {
    kind?: string;
    ramp?: string[];
    labels?: string[];
    unit?: string;
    rescale?: [number, number];
  };
  class_code?: number | null;
  release?: number;
  newest_release?: number;
  run?: number;
  job?: string;
  model?: { id: string; name: string; number: number } | null;
  tiles_expire_at?: string;
  published_at?: string | null;
  statistics?: unknown;
  stac_item?: { properties?: Record<string, unknown> };
  assets: {
    archives: { href: string; sha256: string; size?: number; unit?: string | null }[];
    display?: unknown;
  };
}
