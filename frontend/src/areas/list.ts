import { byId, element, icon } from "../ui/dom";
import { area as areaText, count, squareKm } from "../ui/format";
import type { Area, AreaStore } from "./store";

/** The table of areas, twin of the map: rows are chosen by click and by arrow keys. */
export class AreaList {
  private readonly body = document.querySelector<HTMLElement>("#areas-rows tbody") as HTMLElement;
  private loaded = false;

  constructor(
    private readonly store: AreaStore,
    private readonly withImagery: boolean,
  ) {
    const filter = byId<HTMLInputElement>("areas-filter");
    filter.value = store.filter;
    filter.addEventListener("input", () => store.narrow(filter.value));
    this.body.addEventListener("click", (event) => this.clicked(event));
    this.body.addEventListener("keydown", (event) => this.pressed(event));
    store.onChange(() => this.draw());
  }

  ready(): void {
    this.loaded = true;
    this.body.removeAttribute("aria-busy");
    this.draw();
  }

  failed(text: string): void {
    this.body.replaceChildren();
    byId("areas-failed-text").textContent = text;
    byId("areas-failed").hidden = false;
    byId("areas-rows").hidden = true;
  }

  private draw(): void {
    if (!this.loaded && this.store.all.length === 0) return;
    const rows = this.store.shown;
    const total = this.store.all.length;
    const held = this.body.contains(document.activeElement);
    this.body.replaceChildren(...rows.map((area) => this.row(area)));
    byId("areas-failed").hidden = true;
    byId("areas-rows").hidden = rows.length === 0;
    byId("areas-empty").hidden = total > 0 || !this.loaded;
    byId("areas-none").hidden = rows.length > 0 || total === 0;
    byId("areas-sum").textContent = total
      ? `${count(total)} · ${areaText(this.store.totalKm2)}`
      : "";
    const chosen = this.body.querySelector<HTMLElement>('[aria-selected="true"]');
    chosen?.scrollIntoView({ block: "nearest" });
    if (held) (chosen ?? this.body.querySelector<HTMLElement>("tr"))?.focus();
  }

  private row(area: Area): HTMLElement {
    const chosen = this.store.selected?.id === area.id;
    const first = !this.store.selected && this.store.shown[0]?.id === area.id;
    return element(
      "tr",
      {
        "data-area": area.id,
        "aria-selected": String(chosen),
        tabindex: chosen || first ? 0 : -1,
      },
      element("th", { scope: "row" }, area.properties.name),
      element("td", { class: "num" }, squareKm(area.properties.area_km2)),
      element("td", {}, this.imagery(area.id)),
    );
  }

  private imagery(id: string): HTMLElement {
    if (!this.withImagery) return element("span", { class: "note" }, "none yet");
    const [tone, word] = this.store.outside.has(id)
      ? (["attention", "outside"] as const)
      : (["good", "there"] as const);
    return element(
      "span",
      { class: `tone-${tone} areas-state` },
      icon(tone),
      element("span", {}, word),
    );
  }

  private clicked(event: MouseEvent): void {
    const row = (event.target as Element).closest<HTMLElement>("[data-area]");
    if (row) this.store.choose(row.dataset.area ?? null);
  }

  private pressed(event: KeyboardEvent): void {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      this.store.choose(this.store.step(by)?.id ?? null);
    }
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const row = (event.target as Element).closest<HTMLElement>("[data-area]");
      this.store.choose(row?.dataset.area ?? null);
    }
  }
}
