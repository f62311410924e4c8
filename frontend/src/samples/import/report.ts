/** What an import did, row by row, in words. Rules only. */
import { refusedRows } from "../../areas/uploads";
import type { Step } from "./state";
import type { SamplesJob } from "./types";

export interface ReportRow {
  row: number;
  outcome: "imported" | "skipped" | "refused";
  message: string;
  advice: string;
}

const ADVICE: readonly [RegExp, string][] = [
  [/crosses itself|invalid/, "Repair the geometry (in QGIS: Fix geometries), then import it."],
  [/no geometry|is empty/, "Draw its geometry, or delete the row."],
  [/not a number|not finite/, "Write the coordinate as a plain number with a point."],
  [/outside|longitude|latitude/, "Check the coordinates, the order of x and y, and the CRS."],
  [/occurs twice/, "Give each row an id of its own."],
  [/already has a sample/, "It is in the set; leave the row out, or change the sample there."],
  [/not a date/, "Write dates as YYYY-MM-DD."],
  [/is before/, "Put the earlier date first."],
  [/cells than/, "Quote texts that hold the separator."],
  [/points and polygons/, "Turn it into points or polygons."],
  [/leaves .* out/, "Left out as chosen; give the value a class to take it in."],
];

export function adviceFor(outcome: string, message: string): string {
  if (outcome === "imported") return "";
  return ADVICE.find(([sign]) => sign.test(message))?.[1] ?? "Correct the row and import it again.";
}

/** The rows of a job's report, refused ones first. */
export function reportRows(job: Pick<SamplesJob, "result">): ReportRow[] {
  const told = (job.result?.rows ?? []).map((row) => ({ ...row }));
  const failed = told.length
    ? []
    : refusedRows({ result: { errors: job.result?.errors ?? {} } }).map((row) => ({
        ...row,
        outcome: "refused",
      }));
  return [...told, ...failed].map(({ row, outcome, message }) => ({
    row,
    outcome: outcome as ReportRow["outcome"],
    message,
    advice: adviceFor(outcome, message),
  }));
}

const FORMULA = /^[=+\-@\t\r＝＋－＠]/;

function cell(value: string | number): string {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The report as CSV that no spreadsheet runs. */
export function reportCsv(rows: readonly ReportRow[]): string {
  const lines = rows.map(({ row, outcome, message, advice }) => [row, outcome, message, advice]);
  return [["row", "outcome", "why", "what to do"], ...lines]
    .map((line) => line.map(cell).join(","))
    .join("\r\n")
    .concat("\r\n");
}

/** One sentence of what was done. */
export function resultWords(job: Pick<SamplesJob, "result">): string {
  const { imported = 0, skipped = 0, refused = 0, unlabelled = 0, message } = job.result ?? {};
  if (message) return message;
  const parts = [`${imported.toLocaleString("en")} sample${imported === 1 ? "" : "s"} imported`];
  if (unlabelled) parts.push(`${unlabelled.toLocaleString("en")} of them without a class`);
  if (skipped) parts.push(`${skipped.toLocaleString("en")} left out`);
  if (refused) parts.push(`${refused.toLocaleString("en")} refused`);
  return `${parts.join(", ")}.`;
}

/** The step in which a person mends what an import was refused for; null: only the file can be. */
export function stepToMend(text: string): { step: Step; field: "crs" | "class" | null } | null {
  if (/nomenclature|class_map|class values|classes; give/i.test(text)) {
    return { step: "classes", field: "class" };
  }
  if (/\bcrs\b/i.test(text)) return { step: "columns", field: "crs" };
  if (/has no column/i.test(text)) return { step: "columns", field: null };
  return null;
}
