import { bar, element, icon, swatch } from "../ui/dom";
import { count } from "../ui/format";
import type { Balance, Count, Revision } from "./calls";
import { type Filters, flipped, NONE } from "./filters";
import { type ClassEntry, classColor, classWords, type Row } from "./model";
import { ago, statusBadge } from "./table";

const HIDDEN =
  "Labels are read by interpreters and above; those of a validation set by managers only.";

/** Rows that are filters, too: name, share as a grey bar, number. */
function filterRow(
  mark: Node | null,
  name: string,
  amount: number,
  total: number,
  on: boolean,
  flip: () => void,
): HTMLElement {
  const share = total ? amount / total : 0;
  const button = element(
    "button",
    { class: "balance-row", type: "button", "aria-pressed": String(on) },
    mark ?? element("span"),
    element("span", { class: "name" }, name),
    bar([{ share, kind: "quiet" }]),
    element("span", { class: "num" }, count(amount)),
  );
  button.addEventListener("click", flip);
  return element("li", {}, button);
}

export interface BalanceView {
  balance: Balance;
  filters: Filters;
  classes: readonly ClassEntry[];
  change(part: Partial<Filters>): void;
}

export function drawBalance(host: HTMLElement, view: BalanceView): void {
  const { balance, filters, classes, change } = view;
  const counted = new Map(balance.classes.map((row) => [row.class_code, row.count]));
  const told = classes.filter((entry) => balance.labels || counted.has(entry.code));
  const codes: (number | null)[] = told.map((entry) => entry.code);
  if (counted.has(null)) codes.push(null);
  const most = Math.max(1, ...counted.values());
  const rows = codes.map((code) => {
    const value = code === null ? NONE : String(code);
    const name = code === null && !balance.labels ? "hidden from you" : classWords(classes, code);
    return filterRow(
      swatch(classColor(classes, code)),
      name,
      counted.get(code) ?? 0,
      most,
      filters.classes.includes(value),
      () => change({ classes: flipped(filters.classes, value) }),
    );
  });
  const title = element("h2", {}, "Class balance");
  const parts: Node[] = [
    element("header", {}, title, element("span", { class: "note" }, count(balance.count))),
    element("ul", { class: "balance" }, ...rows),
    ...(balance.labels ? [] : [element("p", { class: "note" }, HIDDEN)]),
    group("Status", balance.statuses, filters.statuses, (statuses) => change({ statuses })),
  ];
  if (balance.regions.some((row) => row.name !== null)) {
    parts.push(regions(view));
  }
  if (balance.sources.length > 1 || filters.sources.length) {
    parts.push(group("Source", balance.sources, filters.sources, (sources) => change({ sources })));
  }
  host.replaceChildren(...parts);
}

function group(
  word: string,
  rows: readonly Count[],
  wanted: readonly string[],
  change: (list: string[]) => void,
): HTMLElement {
  const most = Math.max(1, ...rows.map((row) => row.count));
  const kept = rows.filter((row) => !row.name?.includes(",")).slice(0, 12);
  const items = kept.map((row) => {
    const value = row.name || NONE;
    return filterRow(
      null,
      row.name || `no ${word.toLowerCase()}`,
      row.count,
      most,
      wanted.includes(value),
      () => change(flipped(wanted, value)),
    );
  });
  return element(
    "section",
    { class: "balance-group" },
    element("h3", {}, word),
    element("ul", { class: "balance" }, ...items),
  );
}

/** Regions by classes: where a class is missing shows as a gap in the row. */
function regions({ balance, filters, classes, change }: BalanceView): HTMLElement {
  const names = balance.regions.map((row) => row.name);
  const head = element(
    "tr",
    {},
    element("th", { scope: "col" }, "Region"),
    ...classes.map((entry) =>
      element("th", { scope: "col", title: entry.name }, swatch(entry.color), ` ${entry.code}`),
    ),
  );
  const rows = names.map((name) => {
    const value = name ?? NONE;
    const on = filters.regions.includes(value);
    const button = element(
      "button",
      { type: "button", class: "link", "aria-pressed": String(on) },
      name ?? "none",
    );
    button.addEventListener("click", () => change({ regions: flipped(filters.regions, value) }));
    const cells = classes.map((entry) => {
      const found = balance.classes.find((row) => row.class_code === entry.code);
      const amount = found?.regions.find((row) => row.name === name)?.count ?? 0;
      return element("td", { class: amount ? "num" : "num none" }, amount ? count(amount) : "0");
    });
    return element("tr", {}, element("th", { scope: "row" }, button), ...cells);
  });
  return element(
    "section",
    { class: "balance-group" },
    element("h3", {}, "By region"),
    element(
      "div",
      { class: "table-wrap", tabindex: 0, role: "region", "aria-label": "Classes by region" },
      element(
        "table",
        { class: "region-table" },
        element("thead", {}, head),
        element("tbody", {}, ...rows),
      ),
    ),
  );
}

const kv = (rows: [string, Node | string | null][]): HTMLElement =>
  element(
    "dl",
    { class: "kv" },
    ...rows.flatMap(([name, value]) =>
      value === null || value === "" ? [] : [element("dt", {}, name), element("dd", {}, value)],
    ),
  );

export interface SampleView {
  rows: readonly Row[];
  classes: readonly ClassEntry[];
  labels: boolean;
  waiting(id: string): boolean;
}

/** One selected sample with all it has, or how many are selected. */
export function drawSample(host: HTMLElement, view: SampleView): void {
  const [row] = view.rows;
  host.hidden = !row;
  if (!row) return;
  if (view.rows.length > 1) {
    const parts = new Map<number | null, number>();
    for (const { class_code: code } of view.rows) parts.set(code, (parts.get(code) ?? 0) + 1);
    const list = [...parts].map(([code, amount]) =>
      element(
        "li",
        {},
        swatch(classColor(view.classes, code)),
        ` ${classWords(view.classes, code)}: ${count(amount)}`,
      ),
    );
    host.replaceChildren(
      element("header", {}, element("h2", {}, `${count(view.rows.length)} samples selected`)),
      element("ul", { class: "plain" }, ...list),
    );
    return;
  }
  const hidden = !view.labels && row.class_code === null;
  const name = hidden ? "hidden from you" : classWords(view.classes, row.class_code);
  const title = element("span", {}, swatch(classColor(view.classes, row.class_code)), ` ${name}`);
  host.replaceChildren(
    element(
      "header",
      {},
      element("h2", {}, "Sample"),
      element("span", { class: "note mono" }, row.external_id || row.id.slice(0, 8)),
    ),
    kv([
      ["Class", title],
      ["Status", statusBadge(row.status)],
      ["Kind", row.kind],
      ["Place", `${row.lat.toFixed(5)}, ${row.lon.toFixed(5)}`],
      ["Region", row.region],
      ["Source", row.source],
      ["Group", row.group],
      ["Confidence", row.confidence],
      ["Revision", view.waiting(row.id) ? "waiting to be saved" : String(row.revision)],
      ["Edited", `${ago(row.updated_at)}${row.updated_by ? ` by ${row.updated_by}` : ""}`],
    ]),
  );
}

const ACTION_WORDS: Record<string, string> = {
  created: "made",
  changed: "changed",
  deleted: "deleted",
  restored: "brought back",
};

/** What differs between a revision and the one before, in words. */
export function differences(
  now: Revision,
  before: Revision | undefined,
  classes: readonly ClassEntry[],
): string {
  if (!before) return "";
  const words: string[] = [];
  const [a, b] = [before.state.properties, now.state.properties];
  const code = (value: unknown): string => classWords(classes, (value as number | null) ?? null);
  if (a.class_code !== b.class_code) words.push(`${code(a.class_code)} → ${code(b.class_code)}`);
  for (const name of ["status", "confidence", "source", "group", "region"]) {
    if (a[name] !== b[name]) words.push(`${name} ${a[name] || "none"} → ${b[name] || "none"}`);
  }
  const shapes = [before, now].map((row) => JSON.stringify(row.state.geometry));
  if (shapes[0] !== shapes[1]) words.push("shape moved");
  return words.join(", ");
}

export function drawHistory(
  host: HTMLElement,
  revisions: readonly Revision[],
  classes: readonly ClassEntry[],
): void {
  const rows = revisions.map((row, n) =>
    element(
      "li",
      {},
      element(
        "span",
        { class: "when" },
        `${row.revision}. ${ACTION_WORDS[row.action] ?? row.action} by ${row.actor ?? "a program"}`,
        element("time", { datetime: row.created_at }, ` ${ago(row.created_at)}`),
      ),
      element("span", { class: "what" }, differences(row, revisions[n - 1], classes)),
    ),
  );
  host.replaceChildren(
    element("h3", {}, "History"),
    element("ol", { class: "revisions", reversed: true }, ...rows.reverse()),
  );
}

export function drawProblem(host: HTMLElement, text: string, retry: () => void): void {
  const button = element("button", { class: "button small", type: "button" }, "Try again");
  button.addEventListener("click", retry);
  const words = element("span", {}, text);
  host.replaceChildren(element("p", { class: "notice failed" }, icon("failed"), words), button);
}
