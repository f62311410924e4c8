import { element } from "../ui/dom";
import { windowText } from "./checks";
import type { Report } from "./data";
import * as model from "./model";
import { changeWords, type Store } from "./store";
import { datesText } from "./windows_view";

const STEPS: Record<string, [number, number]> = {
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
};

/** Sources × windows × statistics as switches; one tab stop, arrow keys inside. */
export class GridView {
  private boxes: HTMLInputElement[][] = [];
  private at: [number, number] = [0, 0];
  private drawn = "";
  private report: Report | null = null;

  constructor(
    private readonly holder: HTMLElement,
    private readonly note: HTMLElement,
    private readonly store: Store,
  ) {
    holder.addEventListener("keydown", (event) => this.pressed(event));
    store.onChange(() => this.draw());
    this.draw();
  }

  told(report: Report | null): void {
    this.report = report;
    for (const head of this.holder.querySelectorAll<HTMLElement>("[data-window]")) {
      const row = report?.windows.find((one) => (one.window ?? "") === head.dataset.window);
      if (report) head.textContent = datesText(row);
    }
    const unknown = new Set(report?.sources.filter((row) => row.error).map((row) => row.source));
    for (const head of this.holder.querySelectorAll<HTMLElement>("[data-source]"))
      head.classList.toggle("unknown", unknown.has(head.dataset.source ?? ""));
  }

  private draw(): void {
    const { sources, statistics, windows } = this.store.state;
    const shape = JSON.stringify([sources, statistics, windows]);
    if (shape !== this.drawn) {
      this.drawn = shape;
      this.build();
    }
    this.each((box, cell) => {
      box.checked = model.has(this.store.state, cell);
    });
    const all = sources.length * statistics.length * windows.length;
    const out = all - this.boxes.flat().filter((box) => box.checked).length;
    this.note.textContent = all
      ? `${sources.length} × ${statistics.length} × ${windows.length}${out ? `, ${out} left out` : ""}`
      : "";
    this.told(this.report);
  }

  private build(): void {
    const { sources, statistics, windows } = this.store.state;
    this.boxes = [];
    if (!sources.length || !statistics.length || !windows.length) {
      this.holder.replaceChildren(this.empty());
      return;
    }
    const table = element(
      "table",
      { class: "table feature-grid" },
      element(
        "caption",
        { class: "sr-only" },
        "Which features the set holds. Arrow keys move between the cells, Space takes one in or out.",
      ),
      this.head(),
      element("tbody", {}, ...sources.map((source) => this.row(source))),
    );
    this.holder.replaceChildren(element("div", { class: "table-wrap" }, table));
    this.focusable(0, 0);
  }

  private empty(): HTMLElement {
    const { sources, statistics } = this.store.state;
    const next = !sources.length
      ? "Choose a source: a band, an index, or an expression."
      : !statistics.length
        ? "Choose a statistic: the median is p050."
        : "Choose a window: the whole selection, a season, or fixed dates.";
    return element(
      "div",
      { class: "empty" },
      element("strong", {}, "Nothing to combine yet."),
      element("p", {}, next),
    );
  }

  private head(): HTMLElement {
    const { statistics, windows } = this.store.state;
    const over = windows.map((window) =>
      element(
        "th",
        { scope: "colgroup", colspan: statistics.length, class: "window-head" },
        windowText(window),
        element("small", { "data-window": window ?? "" }),
      ),
    );
    const under = windows.flatMap(() =>
      statistics.map((statistic, at) =>
        element("th", { scope: "col", class: at === 0 ? "cell first" : "cell" }, statistic),
      ),
    );
    return element(
      "thead",
      {},
      element("tr", {}, element("th", { rowspan: 2, scope: "col" }, "Source"), ...over),
      element("tr", {}, ...under),
    );
  }

  private row(source: string): HTMLElement {
    const { statistics, windows } = this.store.state;
    const boxes: HTMLInputElement[] = [];
    const cells = windows.flatMap((window) =>
      statistics.map((statistic, at) => {
        const box = element("input", {
          type: "checkbox",
          tabindex: -1,
          "aria-label": `${source}, ${statistic}, ${windowText(window)}`,
        });
        box.addEventListener("change", () => this.toggle({ source, window, statistic }));
        boxes.push(box);
        const label = element("label", {}, box);
        return element("td", { class: at === 0 ? "cell first" : "cell" }, label);
      }),
    );
    this.boxes.push(boxes);
    const name = element("code", { "data-source": source }, source);
    return element("tr", {}, element("th", { scope: "row" }, name), ...cells);
  }

  private toggle(cell: model.Cell): void {
    const { state, lookup } = this.store;
    const next = model.toggled(state, cell, lookup);
    const what = `${cell.source} ${cell.statistic}`;
    const word = model.has(next, cell) ? "taken in" : "left out";
    this.store.change(next, changeWords(`${what} ${word}`, state, next));
  }

  private each(visit: (box: HTMLInputElement, cell: model.Cell) => void): void {
    const { sources, statistics, windows } = this.store.state;
    for (const [y, source] of sources.entries())
      for (const [w, window] of windows.entries())
        for (const [s, statistic] of statistics.entries()) {
          const box = this.boxes[y]?.[w * statistics.length + s];
          if (box) visit(box, { source, window, statistic });
        }
  }

  private pressed(event: KeyboardEvent): void {
    const step = STEPS[event.key];
    const y = this.boxes.findIndex((row) => row.includes(event.target as HTMLInputElement));
    if (!step || y < 0) return;
    const x = this.boxes[y]?.indexOf(event.target as HTMLInputElement) ?? 0;
    event.preventDefault();
    this.focusable(y + step[0], x + step[1])?.focus();
  }

  /** Makes one cell the tab stop; the grid's edge holds. */
  private focusable(y: number, x: number): HTMLInputElement | undefined {
    const row = Math.max(0, Math.min(y, this.boxes.length - 1));
    const column = Math.max(0, Math.min(x, (this.boxes[row]?.length ?? 1) - 1));
    const before = this.boxes[this.at[0]]?.[this.at[1]];
    if (before) before.tabIndex = -1;
    this.at = [row, column];
    const box = this.boxes[row]?.[column];
    if (box) box.tabIndex = 0;
    return box;
  }
}
