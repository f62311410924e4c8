import { element, icon, swatch } from "../ui/dom";
import { count } from "../ui/format";
import { type Filters, PAGE_SIZE } from "./filters";
import { type ClassEntry, classColor, classWords, type Row } from "./model";
import type { Selection } from "./selection";

export type RowHow = "only" | "toggle" | "range";

export interface TableOptions {
  head: HTMLTableRowElement;
  body: HTMLElement;
  note: HTMLElement;
  pager: HTMLElement;
  classes: readonly ClassEntry[];
  labels: boolean;
  onRow(id: string, how: RowHow): void;
  onStep(by: number, extend: boolean): void;
  onOpen(id: string): void;
  onOrder(column: string): void;
  onPage(page: number): void;
}

export interface TableState {
  rows: readonly Row[];
  total: number | null;
  selection: Selection;
  filters: Filters;
  isPending(id: string): boolean;
}

const COLUMNS: readonly (readonly [column: string, word: string])[] = [
  ["class_code", "Class"],
  ["status", "Status"],
  ["source", "Source"],
  ["region", "Region"],
  ["updated_at", "Edited"],
  ["id", "Id"],
];

export const STATUS_TONES: Record<string, string> = {
  new: "waiting",
  ok: "good",
  suspect: "attention",
  rejected: "failed",
};

export function statusBadge(status: string): HTMLElement {
  const tone = STATUS_TONES[status] ?? "waiting";
  return element("span", { class: `badge ${tone}` }, icon(tone), status);
}

export function ago(iso: string, now: number = Date.now()): string {
  const minutes = Math.max(0, Math.round((now - Date.parse(iso)) / 60_000));
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.round(minutes / 60)} h ago`;
  return new Date(iso).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
  });
}

/** The table twin of the map: every sample is reached with the arrow keys. */
export class SamplesTable {
  constructor(private readonly options: TableOptions) {
    this.heads();
    const { body } = options;
    body.addEventListener("click", (event) => {
      const id = idAt(event.target);
      if (!id) return;
      const how = event.shiftKey ? "range" : event.ctrlKey || event.metaKey ? "toggle" : "only";
      options.onRow(id, how);
    });
    body.addEventListener("dblclick", (event) => {
      const id = idAt(event.target);
      if (id) options.onOpen(id);
    });
    body.addEventListener("keydown", (event) => this.key(event));
  }

  render(state: TableState): void {
    const { body } = this.options;
    const held = body.contains(document.activeElement);
    body.replaceChildren(...state.rows.map((row) => this.row(row, state)));
    if (held) this.focus(state.selection.focus);
    for (const button of this.options.head.querySelectorAll<HTMLElement>("[data-column]")) {
      const { ordering } = state.filters;
      const here = ordering.replace(/^-/, "") === button.dataset.column;
      const sort = ordering.startsWith("-") ? "descending" : "ascending";
      button.closest("th")?.setAttribute("aria-sort", here ? sort : "none");
    }
    this.pager(state);
  }

  focus(id: string | null): void {
    const row = id && this.options.body.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`);
    if (row) row.focus({ preventScroll: false });
  }

  /** Words instead of rows: loading, empty, failed. */
  say(...content: (Node | string)[]): void {
    this.options.note.replaceChildren(...content);
    this.options.note.hidden = content.length === 0;
  }

  private heads(): void {
    for (const [column, word] of COLUMNS) {
      const button = element("button", { type: "button", "data-column": column }, word);
      button.addEventListener("click", () => this.options.onOrder(column));
      const wide = ["source", "region", "updated_at"].includes(column) ? "wide" : null;
      const head = element("th", { scope: "col", "aria-sort": "none", class: wide }, button);
      this.options.head.append(head);
    }
  }

  private row(row: Row, { selection, isPending }: TableState): HTMLElement {
    const { classes, labels } = this.options;
    const selected = selection.ids.has(row.id);
    const first = selection.focus === null || !this.isOnPage(selection.focus);
    const reachable = first ? row === this.first : selection.focus === row.id;
    const label = labels || row.class_code !== null;
    const name = label ? classWords(classes, row.class_code) : "hidden";
    const made = element(
      "tr",
      {
        "data-id": row.id,
        "aria-selected": String(selected),
        tabindex: reachable ? 0 : -1,
      },
      element("td", {}, swatch(classColor(classes, row.class_code)), ` ${name}`),
      element("td", {}, statusBadge(row.status)),
      element("td", { class: "wide" }, row.source || "–"),
      element("td", { class: "wide" }, row.region ?? "–"),
      element(
        "td",
        { class: "wide" },
        isPending(row.id) ? "waiting to be saved" : ago(row.updated_at),
        row.updated_by ? element("small", {}, ` ${row.updated_by}`) : null,
      ),
      element(
        "td",
        { class: "mono" },
        row.external_id || (row.id.startsWith("new-") ? "new" : row.id.slice(0, 8)),
        row.kind === "Point" ? null : element("span", { class: "chip" }, "polygon"),
      ),
    );
    return made;
  }

  private first: Row | undefined;
  private onPage: ReadonlySet<string> = new Set();

  private isOnPage(id: string): boolean {
    return this.onPage.has(id);
  }

  prepare(rows: readonly Row[]): void {
    [this.first] = rows;
    this.onPage = new Set(rows.map((row) => row.id));
  }

  private pager({ total, filters }: TableState): void {
    const { pager, onPage } = this.options;
    const pages = Math.max(1, Math.ceil((total ?? 0) / PAGE_SIZE));
    const step = (word: string, to: number, name: string): HTMLElement => {
      const off = to < 1 || to > pages;
      const button = element(
        "button",
        { class: "button quiet small", type: "button", "aria-label": word, disabled: off },
        icon(name),
      );
      button.addEventListener("click", () => onPage(to));
      return button;
    };
    const from = total ? (filters.page - 1) * PAGE_SIZE + 1 : 0;
    const to = Math.min(total ?? 0, filters.page * PAGE_SIZE);
    const words = total === null ? "…" : `${count(from)} – ${count(to)} of ${count(total)}`;
    pager.replaceChildren(
      step("Page before", filters.page - 1, "left"),
      element("span", { "aria-live": "polite" }, words),
      step("Next page", filters.page + 1, "right"),
    );
  }

  private key(event: KeyboardEvent): void {
    const id = idAt(event.target);
    const act: Record<string, () => void> = {
      ArrowDown: () => this.options.onStep(1, event.shiftKey),
      ArrowUp: () => this.options.onStep(-1, event.shiftKey),
      Home: () => this.options.onStep(-PAGE_SIZE, event.shiftKey),
      End: () => this.options.onStep(PAGE_SIZE, event.shiftKey),
      Enter: () => id && this.options.onOpen(id),
      " ": () => id && this.options.onRow(id, "toggle"),
    };
    const run = act[event.key];
    if (!run || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  }
}

function idAt(target: EventTarget | null): string | null {
  if (!(target instanceof Element)) return null;
  return target.closest<HTMLElement>("[data-id]")?.dataset.id ?? null;
}
