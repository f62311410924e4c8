import type { ImportJob } from "../../areas/uploads";

export interface Value {
  value: string;
  count: number;
}

/** A column of a layer; `values` are null when there are too many to be classes. */
export interface Column {
  name: string;
  type: "empty" | "integer" | "number" | "text" | "true or false";
  empty: number;
  distinct: number;
  examples: string[];
  low: number | null;
  high: number | null;
  values: Value[] | null;
}

export interface Layer {
  name: string | null;
  rows: number;
  /** Rows that cannot be read as they are. */
  refused: number;
  geometry_types: Record<string, number>;
  /** As the file says it; null when it says none. */
  crs: string | null;
  x_field: string | null;
  y_field: string | null;
  columns: Column[];
  sample: {
    row: number;
    geometry: string | null;
    error: string | null;
    values: Record<string, string | null>;
  }[];
}

export interface Inspection {
  driver: "CSV" | "GeoJSON" | "GPKG" | "ESRI Shapefile";
  layers: Layer[];
}

/** What `import/inspect/{job}/` answers. */
export interface Inspected {
  job: string;
  status: ImportJob["status"];
  file_name: string;
  inspection: Inspection | null;
  error: { message: string; advice: string } | null;
}

export interface Outcome {
  row: number;
  outcome: string;
  message: string;
}

export interface SamplesJob extends Omit<ImportJob, "result"> {
  result: {
    imported?: number;
    skipped?: number;
    refused?: number;
    unlabelled?: number;
    message?: string;
    duplicate_of?: string | null;
    classes?: { code: number; name: string; color: string }[];
    class_counts?: Record<string, number>;
    rows?: Outcome[];
    errors?: Record<string, string[]>;
  } | null;
}
