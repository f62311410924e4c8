/** What is known of an import before, while and after it runs. Rules only. */
import type { JobStatus } from "../api/types";

export const EXTENSIONS = [".geojson", ".json", ".gpkg", ".zip"];

export interface ImportJob {
  id: string;
  status: JobStatus;
  progress: { done: number; total: number; fraction: number };
  error: { message: string; advice: string } | null;
  result: {
    created?: number;
    refused?: number;
    aois?: string[];
    rows?: { row: number; outcome: string; message: string }[];
    errors?: Record<string, string[]>;
  } | null;
}

export interface RefusedRow {
  row: number;
  message: string;
}

/** The limit as the server says it: 200 MB are 200 × 1,024 × 1,024 bytes. */
export function megabytes(size: number): string {
  return `${(size / 1024 ** 2).toFixed(size < 10 * 1024 ** 2 ? 1 : 0)} MB`;
}

/** Why a file cannot be uploaded; null when it can. */
export function fileObstacle(
  file: { name: string; size: number } | null,
  limit: number,
  extensions: readonly string[] = EXTENSIONS,
  kinds = "GeoJSON, GeoPackage or zipped Shapefile",
): string | null {
  if (!file) return "Choose a file.";
  const dot = file.name.lastIndexOf(".");
  const suffix = dot < 0 ? "" : file.name.slice(dot).toLowerCase();
  if (!extensions.includes(suffix)) {
    return `${file.name} is no ${kinds} (${extensions.join(", ")}).`;
  }
  if (file.size === 0) return `${file.name} is empty.`;
  if (file.size > limit) {
    return `${file.name} has ${megabytes(file.size)}, more than the limit of ${megabytes(limit)}. Split it, or leave columns out.`;
  }
  return null;
}

const ROW = /^row (\d+): (.*)$/s;

/** The refused rows of a finished or failed import, by row. */
export function refusedRows(job: Pick<ImportJob, "result">): RefusedRow[] {
  const told = (job.result?.rows ?? [])
    .filter((row) => row.outcome === "refused")
    .map(({ row, message }) => ({ row, message }));
  const failed = (job.result?.errors?.rows ?? []).flatMap((text) => {
    const found = ROW.exec(text);
    return found
      ? [{ row: Number(found[1]), message: found[2] ?? "" }]
      : [{ row: 0, message: text }];
  });
  return [...told, ...failed].sort((a, b) => a.row - b.row);
}

/** One key for one file and one set of options: a repeated upload makes no second import. */
export function uploadKey(
  file: { name: string; size: number; lastModified: number },
  options: Record<string, string>,
  salt: string,
): string {
  return [salt, file.name, file.size, file.lastModified, JSON.stringify(options)]
    .join(":")
    .replace(/[^\x20-\x7e]/g, "_")
    .slice(0, 250);
}

export function stageWords(job: Pick<ImportJob, "status" | "progress">): string {
  if (job.status === "created" || job.status === "queued") return "Waiting for a worker";
  if (job.progress.done >= 1) return "Writing the areas";
  return "Reading the file";
}
