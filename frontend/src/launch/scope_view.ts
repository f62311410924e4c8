import { element, icon } from "../ui/dom";
import { area as areaText, count } from "../ui/format";
import type { Mode, Scope } from "./scope";

const MODES: readonly (readonly [Mode, string])[] = [
  ["whole", "Imagery"],
  ["area", "Areas"],
  ["unit", "Units"],
];

export interface ScopeActions {
  draw(): unknown;
  view(): unknown;
  zoom(id: string): void;
}

/** The floating panel over the map: whole imagery, areas or units, chosen by name or on the map. */
export class ScopePanel {
  private text = "";

  constructor(
    private readonly holder: HTMLElement,
    private readonly scope: Scope,
    private readonly actions: ScopeActions,
    private readonly mayDraw: boolean,
  ) {
    scope.onChange(() => this.draw());
    this.draw();
  }

  private draw(): void {
    const { scope } = this;
    const had = this.holder.contains(document.activeElement)
      ? (document.activeElement as HTMLElement).dataset.keep
      : undefined;
    this.holder.replaceChildren(
      element("div", { class: "scope-head" }, element("h2", {}, "Scope"), this.modes()),
      element(
        "p",
        { class: "scope-words", "aria-live": "polite" },
        scope.whole ? null : element("b", {}, count(scope.ids.length)),
        ` ${scope.words}`,
      ),
    );
    if (!scope.whole) this.holder.append(...this.places());
    if (had) this.holder.querySelector<HTMLElement>(`[data-keep="${CSS.escape(had)}"]`)?.focus();
  }

  private modes(): HTMLElement {
    const bar = element("div", { class: "segments", role: "group", "aria-label": "Scope" });
    for (const [mode, word] of MODES) {
      const button = element(
        "button",
        { type: "button", "aria-pressed": String(this.scope.mode === mode), "data-keep": word },
        word,
      );
      button.addEventListener("click", () => this.scope.setMode(mode));
      bar.append(button);
    }
    return bar;
  }

  private places(): HTMLElement[] {
    const { offered, mode } = this.scope;
    const parts: HTMLElement[] = [];
    if (offered.length > 8) parts.push(this.search());
    const label = mode === "area" ? "Areas of interest" : "Production units";
    const list = element("ul", { class: "scope-areas", "aria-label": label });
    list.append(...offered.filter((one) => this.fits(one.name)).map((one) => this.row(one.id)));
    if (offered.length) parts.push(list);
    else parts.push(element("p", { class: "note" }, `The project has no ${mode} yet.`));
    if (this.mayDraw && mode === "area") parts.push(this.drawing());
    return parts;
  }

  private fits(name: string): boolean {
    return name.toLowerCase().includes(this.text.toLowerCase());
  }

  private search(): HTMLElement {
    const input = element("input", {
      class: "input",
      type: "search",
      placeholder: "Find by name",
      "aria-label": "Find by name",
      "data-keep": "search",
    });
    input.value = this.text;
    input.addEventListener("input", () => {
      this.text = input.value;
      this.draw();
    });
    return input;
  }

  private row(id: string): HTMLElement {
    const area = this.scope.byId(id);
    const box = element("input", { type: "checkbox", "data-keep": id });
    box.checked = this.scope.isChosen(id);
    box.addEventListener("change", () => {
      this.scope.toggle(id);
      if (this.scope.isChosen(id)) this.actions.zoom(id);
    });
    return element(
      "li",
      {},
      element(
        "label",
        { class: "check" },
        box,
        area?.name ?? "",
        element("span", { class: "aside" }, areaText(area?.km2 ?? 0)),
      ),
    );
  }

  private drawing(): HTMLElement {
    const draw = element("button", { class: "button small", type: "button" }, icon("plus"), "Draw");
    const view = element("button", { class: "button small", type: "button" }, "Take the view");
    view.title = "Makes the part of the map that is in view an area";
    draw.addEventListener("click", () => this.actions.draw());
    view.addEventListener("click", () => this.actions.view());
    return element("div", { class: "scope-draw" }, draw, view);
  }
}
