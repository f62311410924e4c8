import { element } from "../../ui/dom";
import { saveText } from "../../ui/download";
import { count } from "../../ui/format";
import { type ReportRow, reportCsv, reportRows, resultWords } from "./report";
import { noticeNode } from "./step_file";
import type { SamplesJob } from "./types";

const MOST_SHOWN = 300;
const WORDS = { imported: "imported", skipped: "left out", refused: "refused" };

export interface ReportView {
  job: SamplesJob;
  fileName: string;
  /** Imports the good rows although others are refused. */
  lenient(): void;
}

/** Row by row: what came in, what did not, why, and what to do about it. */
export function reportStep(view: ReportView): HTMLElement {
  const { job } = view;
  const rows = reportRows(job);
  const refused = rows.filter((row) => row.outcome === "refused").length;
  const parts: (Node | null)[] = [
    job.status === "finished" ? goodNotice(job) : badNotice(job, refused),
  ];
  const actions = element("div", { class: "import-acts" });
  if (rows.length) actions.append(downloadButton(view, rows));
  if (job.status !== "finished" && refused) actions.append(othersButton(view));
  parts.push(actions.childElementCount ? actions : null, rows.length ? rowTable(rows) : null);
  if (rows.length > MOST_SHOWN) {
    const text = `The first ${count(MOST_SHOWN)} of ${count(rows.length)} rows are shown; the report has them all.`;
    parts.push(element("p", { class: "note" }, text));
  }
  return element("div", { class: "stack" }, ...parts);
}

function goodNotice(job: SamplesJob): HTMLElement {
  const made = job.result?.classes ?? [];
  const names = made.map((entry) => `${entry.code} ${entry.name}`).join(", ");
  const classes = made.length ? `Classes created: ${names}.` : "";
  const tone = job.result?.imported ? "good" : "attention";
  return noticeNode(tone, resultWords(job), classes);
}

function badNotice(job: SamplesJob, refused: number): HTMLElement {
  const text = refused
    ? `Nothing was imported: ${count(refused)} row${refused === 1 ? " was" : "s were"} refused.`
    : "Nothing was imported.";
  const why = refused ? "" : (job.error?.message ?? "The import ended without a result.");
  return noticeNode("failed", text, why, refused ? "" : (job.error?.advice ?? ""));
}

function downloadButton(view: ReportView, rows: readonly ReportRow[]): HTMLElement {
  const button = element(
    "button",
    { class: "button small", type: "button" },
    "Download the report",
  );
  const name = `${view.fileName.replace(/\.\w+$/, "")}-report.csv`;
  button.addEventListener("click", () => saveText(name, "text/csv", reportCsv(rows)));
  return button;
}

function othersButton(view: ReportView): HTMLElement {
  const text = "Import the other rows";
  const button = element("button", { class: "button small", type: "button" }, text);
  button.addEventListener("click", () => view.lenient());
  return button;
}

function rowTable(rows: readonly ReportRow[]): HTMLElement {
  const heads = ["Row", "Outcome", "Why", "What to do"].map((text) =>
    element("th", { scope: "col" }, text),
  );
  const lines = rows
    .slice(0, MOST_SHOWN)
    .map((row) =>
      element(
        "tr",
        { class: row.outcome },
        element("th", { scope: "row" }, row.row ? String(row.row) : "–"),
        element("td", {}, WORDS[row.outcome] ?? row.outcome),
        element("td", {}, row.message || "–"),
        element("td", {}, row.advice || "–"),
      ),
    );
  const table = element(
    "table",
    { class: "table", "aria-label": "Rows of the file" },
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...lines),
  );
  return element(
    "div",
    { class: "table-wrap import-report", tabindex: 0, role: "region", "aria-label": "Report" },
    table,
  );
}
