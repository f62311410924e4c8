import type { ImportProgress } from "./types";

/** What an import is doing and what it did, in words. No DOM. */

export const ENDS = new Set(["finished", "finished_with_errors", "error", "canceled"]);

export interface StageLine {
  word: string;
  detail: string;
  state: "done" | "running" | "waiting" | "failed";
}

const ORDER = ["read", "probe", "apply"] as const;

const count = (value: number | null | undefined): string => (value ?? 0).toLocaleString("en-US");

function details(told: ImportProgress): Record<(typeof ORDER)[number], string> {
  const { rasters, items, files, counts } = told;
  const parts = rasters ? `part ${rasters.done} of ${rasters.total}` : "";
  const written = counts.created === null ? "" : importedWords(told);
  return {
    read: items === null ? "" : `${count(items)} items found`,
    probe: files === null ? "" : [`${count(files)} files`, parts].filter(Boolean).join(", "),
    apply: written,
  };
}

export function importedWords({ counts, error_count: errors }: ImportProgress): string {
  const parts = [
    `${count(counts.created)} imported`,
    counts.updated ? `${count(counts.updated)} updated` : "",
    counts.unchanged ? `${count(counts.unchanged)} unchanged` : "",
    counts.flagged ? `${count(counts.flagged)} flagged` : "",
    errors ? `${count(errors)} problem${errors === 1 ? "" : "s"}` : "",
  ];
  return parts.filter(Boolean).join(", ");
}

export function stageLines(told: ImportProgress): StageLine[] {
  const words = { read: "Documents", probe: "Rasters", apply: "Scenes" };
  const texts = details(told);
  const at = ORDER.indexOf(told.stage);
  const good = told.status === "finished" || told.status === "finished_with_errors";
  const over = ENDS.has(told.status);
  return ORDER.map((name, number) => {
    let state: StageLine["state"] = number < at || good ? "done" : "waiting";
    if (number === at && !good) state = over ? "failed" : "running";
    return { word: words[name], detail: texts[name], state };
  });
}

export function shareDone(told: ImportProgress): number {
  if (told.status === "finished" || told.status === "finished_with_errors") return 1;
  if (told.stage === "read") return 0.05;
  if (told.stage === "apply") return 0.92;
  const { rasters } = told;
  return 0.1 + 0.8 * (rasters?.total ? rasters.done / rasters.total : 0);
}
