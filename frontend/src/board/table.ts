import { element, icon } from "../ui/dom";
import { count, squareKm } from "../ui/format";
import type { BoardArea, BoardState } from "./state";

/** The twin of the production map: every area with stage and state, chosen by a checkbox. */
export class BoardTable {
  private query = "";

  constructor(
    private readonly node: HTMLElement,
    private readonly state: BoardState,
    private readonly onClose: () => void,
  ) {
    state.onChange(() => {
      if (!node.hidden) this.draw();
    });
  }

  toggle(on: boolean): void {
    this.node.hidden = !on;
    if (!on) return;
    this.build();
    this.node.querySelector<HTMLElement>("input")?.focus();
  }

  private build(): void {
    const find = element("input", {
      class: "input",
      type: "search",
      placeholder: "Name, stage or state",
      "aria-label": "Find areas",
      value: this.query,
    });
    find.addEventListener("input", () => {
      this.query = find.value;
      this.draw();
    });
    const close = element(
      "button",
      { class: "button quiet square", type: "button", "aria-label": "Close the table" },
      icon("close"),
    );
    close.addEventListener("click", this.onClose);
    const all = element("input", { type: "checkbox", "aria-label": "Choose all shown areas" });
    all.addEventListener("change", () => {
      this.state.choose(all.checked ? this.shown.map((area) => area.id) : []);
    });
    const titles = ["Area", "Stage", "State", "km²", "Remarks"];
    const head = element("tr", {}, element("th", { scope: "col" }, all));
    for (const title of titles) {
      const numeric = title === "km²" || title === "Remarks";
      head.append(element("th", { scope: "col", class: numeric ? "num" : null }, title));
    }
    this.node.replaceChildren(
      element("header", {}, element("h2", {}, "Areas"), find, close),
      element(
        "div",
        { class: "table-wrap" },
        element("table", { class: "table" }, element("thead", {}, head), element("tbody")),
      ),
    );
    this.draw();
  }

  private get shown(): BoardArea[] {
    const wanted = this.query.trim().toLowerCase();
    return this.state.areas.filter((area) =>
      this.state.sentence(area).toLowerCase().includes(wanted),
    );
  }

  private draw(): void {
    const body = this.node.querySelector("tbody");
    const held = document.activeElement?.getAttribute("data-area");
    const rows = this.shown;
    body?.replaceChildren(...rows.map((area) => this.row(area)));
    if (rows.length === 0) {
      const words = this.state.areas.length ? "No such area." : "No area yet.";
      body?.append(element("tr", {}, element("td", { colspan: 6, class: "note" }, words)));
    }
    if (held) this.node.querySelector<HTMLElement>(`[data-area="${held}"]`)?.focus();
  }

  private row(area: BoardArea): HTMLElement {
    const box = element("input", {
      type: "checkbox",
      "data-area": area.id,
      checked: this.state.has(area.id),
      "aria-label": `Choose ${area.name}`,
    });
    box.addEventListener("change", () => this.state.toggle(area.id));
    const state = this.state.stateRow(area);
    const stage = element("span", {
      class: `board-stage stage-${this.state.stageLevel(area)}`,
      "aria-hidden": "true",
    });
    return element(
      "tr",
      { "aria-selected": String(this.state.has(area.id)) },
      element("td", {}, box),
      element("th", { scope: "row" }, area.name),
      element("td", {}, stage, this.state.stageWord(area)),
      element(
        "td",
        {},
        state
          ? element(
              "span",
              { class: `areas-state tone-${state.tone}` },
              icon(state.tone),
              state.word,
            )
          : "–",
      ),
      element("td", { class: "num" }, area.area_km2 ? squareKm(area.area_km2) : "–"),
      element("td", { class: "num" }, area.open_remarks ? count(area.open_remarks) : "–"),
    );
  }
}
