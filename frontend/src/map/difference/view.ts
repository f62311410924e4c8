import { element, icon, swatch } from "../../ui/dom";
import { area, changes, summary, type Transitions } from "./model";

/** Told which code of the change layer to show alone; null shows all of them. */
export type ShowWhere = (code: number | null) => void;

const named = (entry: { code?: number; name?: string; color: string }): HTMLElement =>
  element(
    "span",
    { class: "class-name" },
    swatch(entry.color),
    element("span", {}, `${entry.code} ${entry.name ?? ""}`),
  );

/** The table of transitions: changes by size, and the whole matrix to unfold. */
export class TransitionView {
  readonly node = element("div", { class: "stack transitions" });
  private readonly all = element("button", { class: "button small", type: "button" }, icon("eye"));
  private readonly cells: { code: number; node: HTMLButtonElement }[] = [];
  private shown: number | null = null;

  constructor(
    private readonly table: Transitions,
    private readonly where: ShowWhere,
  ) {
    this.all.append("Show all changes");
    this.all.addEventListener("click", () => this.show(null));
    const known = table.codes !== undefined;
    const help = "Choose an area to see on the map where it changed.";
    this.node.append(
      element("p", {}, element("b", {}, summary(table))),
      known ? element("p", { class: "note" }, help) : "",
      this.all,
      element("div", { class: "table-wrap" }, this.list()),
      element(
        "details",
        {},
        element("summary", {}, "From every class to every class"),
        element("div", { class: "table-wrap" }, this.matrix()),
      ),
    );
    this.draw();
  }

  /** Shows one transition alone, or with the one that is shown already, all again. */
  show(code: number | null): void {
    this.shown = code === this.shown ? null : code;
    this.draw();
    this.where(this.shown);
  }

  private draw(): void {
    this.all.hidden = this.shown === null;
    for (const { code, node } of this.cells) {
      node.setAttribute("aria-pressed", String(code === this.shown));
    }
  }

  private list(): HTMLElement {
    const found = changes(this.table);
    if (!found.length) return element("p", { class: "note" }, "No pixel changed its class.");
    const rows = found.map(({ from, to, km2, pixels, code }) =>
      element(
        "tr",
        {},
        element("td", {}, named(from)),
        element("td", {}, named(to)),
        element("td", { class: "num" }, this.cell(area(km2), code, [from.name, to.name])),
        element("td", { class: "num" }, pixels.toLocaleString("en")),
      ),
    );
    const heads = ["Before", "After", "Area", "Pixels"].map((word, place) =>
      element("th", { scope: "col", class: place > 1 ? "num" : null }, word),
    );
    return element(
      "table",
      { class: "table" },
      element("caption", { class: "sr-only" }, "Changes, the largest first"),
      element("thead", {}, element("tr", {}, ...heads)),
      element("tbody", {}, ...rows),
    );
  }

  private cell(
    text: string,
    code: number | null,
    [from, to]: [string | undefined, string | undefined],
  ): Node | string {
    if (code === null) return text;
    const label = `${text}, show where ${from} became ${to}`;
    const node = element(
      "button",
      { type: "button", class: "button quiet small", "aria-label": label, title: label },
      text,
    );
    node.addEventListener("click", () => this.show(code));
    this.cells.push({ code, node });
    return node;
  }

  private matrix(): HTMLElement {
    const { before, after, area_km2, pixels, codes } = this.table;
    const head = after.map((entry) => element("th", { scope: "col", class: "num" }, named(entry)));
    const body = before.map((from, i) => {
      const cells = after.map((to, j) => {
        const text = area(area_km2[i]?.[j] ?? 0);
        const changed = from.code !== to.code && (pixels[i]?.[j] ?? 0) > 0;
        const code = changed ? (codes?.[i]?.[j] ?? null) : null;
        const kept = from.code === to.code ? "num kept" : "num";
        return element("td", { class: kept }, this.cell(text, code, [from.name, to.name]));
      });
      return element("tr", {}, element("th", { scope: "row" }, named(from)), ...cells);
    });
    const corner = element("th", { scope: "col" }, "Before ↓ After →");
    return element(
      "table",
      { class: "table" },
      element("thead", {}, element("tr", {}, corner, ...head)),
      element("tbody", {}, ...body),
    );
  }
}
