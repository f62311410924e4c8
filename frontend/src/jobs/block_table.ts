import type { BlockState } from "../api/types";
import { element, icon } from "../ui/dom";
import { count } from "../ui/format";
import type { BlockModel } from "./block_model";

export const WORDS: Record<BlockState, string> = {
  pending: "Waiting",
  running: "Running",
  done: "Done",
  skipped: "Nothing valid here",
  degraded: "Done with fewer scenes",
  quarantined: "Failed",
  waived: "Waived",
};
export const TONES: Record<BlockState, string> = {
  pending: "waiting",
  running: "running",
  done: "good",
  skipped: "waiting",
  degraded: "attention",
  quarantined: "failed",
  waived: "attention",
};
const ROWS = 100;

/** The numbers a page of the table shows, and which page that is. */
export function pageOf(
  rows: readonly number[],
  at: number,
  size = ROWS,
): { page: number; pages: number; shown: number[] } {
  const pages = Math.max(1, Math.ceil(rows.length / size));
  const page = Math.min(pages - 1, Math.max(0, Math.floor(at / size)));
  return { page, pages, shown: rows.slice(page * size, (page + 1) * size) };
}

/** The map's blocks as a table: arrows move, Enter shows the block on the map. */
export class BlockTable {
  private filter: BlockState[] = [];
  private rows: number[] = [];
  private page = 0;
  private readonly body = element("tbody");
  private readonly foot = element("div", { class: "table-foot" });
  private readonly choice = element("select", { class: "input", "aria-label": "State of blocks" });
  onSelect: ((index: number, show: boolean) => void) | null = null;
  selected = -1;

  constructor(
    private readonly model: BlockModel,
    panel: HTMLElement,
  ) {
    const choices: [string, string][] = [
      ["", "All blocks"],
      ["quarantined waived", "Failed"],
      ["running", "Running"],
      ["degraded", "Done with fewer scenes"],
      ["pending", "Waiting"],
      ["done", "Done"],
      ["skipped", "Nothing valid"],
    ];
    for (const [value, word] of choices) this.choice.append(element("option", { value }, word));
    const head = ["Block", "State", "Reused", "Seconds", "What happened"].map((word, n) =>
      element("th", { scope: "col", class: n === 2 || n === 3 ? "num" : null }, word),
    );
    const table = element(
      "table",
      { class: "table block-table", "aria-label": "Blocks of the map" },
      element("thead", {}, element("tr", {}, ...head)),
      this.body,
    );
    const hint = element("span", { class: "note" }, "Arrows move, Enter shows the block");
    panel.replaceChildren(
      element("div", { class: "log-tools" }, this.choice, hint, this.foot),
      element("div", { class: "table-wrap" }, table),
    );
    this.choice.addEventListener("change", () => {
      this.filter = this.choice.value.split(" ").filter(Boolean) as BlockState[];
      this.page = 0;
      this.show();
    });
    this.body.addEventListener("click", (event) => this.onClick(event));
    this.body.addEventListener("keydown", (event) => this.onKey(event));
  }

  show(): void {
    this.rows = this.model.where(this.filter);
    const { page, pages, shown } = pageOf(this.rows, this.page * ROWS);
    this.page = page;
    const focused = this.body.contains(document.activeElement);
    const drawn = shown.map((n) => this.row(n));
    if (drawn.length === 0) drawn.push(this.empty());
    this.body.replaceChildren(...drawn);
    const current = this.rowOf(this.selected) ?? (this.body.firstElementChild as HTMLElement);
    if (this.model.size) current.tabIndex = 0;
    if (focused) current.focus();
    this.drawFoot(pages);
  }

  /** Marks a block that was chosen on the map; turns to its page. */
  select(index: number, focus = false): void {
    this.selected = index;
    const at = this.rows.indexOf(index);
    if (at >= 0) this.page = Math.floor(at / ROWS);
    this.show();
    if (focus) this.rowOf(index)?.focus();
    else this.rowOf(index)?.scrollIntoView({ block: "nearest" });
  }

  private row(n: number): HTMLElement {
    const info = this.model.info(n);
    if (!info) return element("tr");
    const said = info.told
      ? [
          info.told.message,
          info.told.dropped.length ? `Without ${info.told.dropped.join(", ")}` : "",
        ]
      : [];
    const tone = TONES[info.state];
    return element(
      "tr",
      { "data-block": n, tabindex: -1, "aria-selected": String(n === this.selected) },
      element("th", { scope: "row", class: "mono" }, `${info.ix}, ${info.iy}`),
      element("td", {}, icon(tone, `icon tone-${tone}`), ` ${WORDS[info.state]}`),
      element("td", { class: "num" }, info.reused ? "yes" : ""),
      element("td", { class: "num" }, info.seconds ? info.seconds.toFixed(1) : "–"),
      element("td", { class: "cause" }, said.filter(Boolean).join(". ")),
    );
  }

  private empty(): HTMLElement {
    const text = this.model.size
      ? "No block is in this state."
      : "No blocks yet: they appear when the job is planned, if its workflow works on blocks.";
    return element("tr", {}, element("td", { colspan: 5 }, text));
  }

  private rowOf(index: number): HTMLElement | null {
    return this.body.querySelector<HTMLElement>(`[data-block="${index}"]`);
  }

  private drawFoot(pages: number): void {
    const turn = (by: number, word: string): HTMLElement => {
      const off = this.page + by < 0 || this.page + by >= pages;
      const button = element(
        "button",
        { class: "button small", type: "button", disabled: off },
        word,
      );
      button.addEventListener("click", () => {
        this.page += by;
        this.show();
      });
      return button;
    };
    const told = element("span", { class: "note" }, `${count(this.rows.length)} blocks`);
    const nav = pages > 1 ? [turn(-1, "Previous"), turn(1, "Next")] : [];
    this.foot.replaceChildren(told, ...nav);
  }

  private choose(at: number, show: boolean): void {
    const index = this.rows[Math.min(this.rows.length - 1, Math.max(0, at))];
    if (index === undefined) return;
    this.select(index, true);
    this.onSelect?.(index, show);
  }

  private onClick(event: MouseEvent): void {
    const row =
      event.target instanceof Element && event.target.closest<HTMLElement>("[data-block]");
    if (row) this.choose(this.rows.indexOf(Number(row.dataset.block)), true);
  }

  private onKey(event: KeyboardEvent): void {
    const row = (event.target as HTMLElement).closest<HTMLElement>("[data-block]");
    const at = row ? this.rows.indexOf(Number(row.dataset.block)) : 0;
    const to: Record<string, number> = {
      ArrowDown: at + 1,
      ArrowUp: at - 1,
      PageDown: at + 10,
      PageUp: at - 10,
      Home: 0,
      End: this.rows.length - 1,
      Enter: at,
    };
    const next = to[event.key];
    if (next === undefined) return;
    event.preventDefault();
    this.choose(next, event.key === "Enter");
  }
}
