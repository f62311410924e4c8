import type { FeatureCollection } from "geojson";
import type { GeoJSON as GeoJSONLayer, Map as LeafletMap, LeafletMouseEvent } from "leaflet";
import { geoJSON } from "leaflet";
import { ApiError, getJson } from "../api/client";
import { type Box, boxOf, boxUnion, type Polygonal } from "../geo/measure";
import { boundsOf } from "../map/setup";
import { countries } from "../map/world";
import { type ApiCall, apiCallButton } from "../ui/api_call";
import { element, icon } from "../ui/dom";
import { onTheme, token } from "../ui/theme";
import { field } from "./draft";
import { type Choice, choiceAt, found, Picked, withoutOverseas } from "./picking";

type Source = "countries" | "cells";
type Cells = FeatureCollection<Polygonal, { code: string; name: string }>;

export interface PickOptions {
  project: string;
  limit: number;
  sizes: number[];
  onCreate(body: Record<string, unknown>): Promise<void>;
  onClose(): void;
}

const LISTED = 120;
const WAIT_MS = 350;

/** Picks countries and cells of the European grid, by name, by code or on the map. */
export class PickPanel {
  readonly node: HTMLElement;
  private readonly picked: Picked;
  private source: Source = "countries";
  private size: number;
  private choices: Choice[] = [];
  private outlines: GeoJSONLayer | null = null;
  private asking: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly query = element("input", {
    class: "input",
    id: "pick-query",
    type: "search",
    autocomplete: "off",
  });
  private readonly list = element("div", { class: "pick-list", role: "group" });
  private readonly error = element("div", { "aria-live": "polite" });
  private readonly sizes = element("select", { class: "input", id: "pick-size" });
  private readonly mainland = element("input", {
    type: "checkbox",
    id: "pick-mainland",
    checked: true,
  });
  private readonly name = element("input", { class: "input", id: "pick-name", maxlength: 200 });
  private readonly sum = element("p", { class: "note", role: "status" });
  private readonly create = element("button", { class: "button primary", type: "button" });
  private readonly onMove = (): void => this.later();
  private readonly onClick = (event: LeafletMouseEvent): void => this.clicked(event);

  constructor(
    private readonly map: LeafletMap,
    private readonly options: PickOptions,
  ) {
    this.picked = new Picked(options.limit);
    this.size = options.sizes.at(-1) ?? 100;
    this.node = this.build();
    map.on("moveend", this.onMove);
    map.on("click", this.onClick);
    onTheme(() => this.paint());
    void this.load();
  }

  focus(): void {
    this.query.focus();
  }

  close(): void {
    this.map.off("moveend", this.onMove);
    this.map.off("click", this.onClick);
    this.asking?.abort();
    clearTimeout(this.timer);
    this.outlines?.remove();
  }

  private build(): HTMLElement {
    const close = element("button", { class: "button", type: "button" }, "Close");
    close.addEventListener("click", () => this.options.onClose());
    this.create.addEventListener("click", () => void this.submit());
    this.query.addEventListener("input", () => this.drawList());
    this.query.addEventListener("keydown", (event) => {
      if (event.key === "Enter") void this.entered();
    });
    for (const size of this.options.sizes) {
      this.sizes.append(element("option", { value: size }, `${size} km`));
    }
    this.sizes.value = String(this.size);
    this.sizes.addEventListener("change", () => {
      this.size = Number(this.sizes.value);
      void this.load();
    });
    return element(
      "section",
      { class: "pick", "aria-label": "Pick outlines" },
      element("h2", {}, "Pick outlines"),
      this.sourceBar(),
      this.queryField(),
      this.error,
      this.list,
      this.mergeFields(),
      this.sum,
      element(
        "div",
        { class: "draft-foot" },
        apiCallButton(() => this.call()),
        close,
        this.create,
      ),
    );
  }

  private sourceBar(): HTMLElement {
    const bar = element("div", { class: "segments", role: "group", "aria-label": "Outlines of" });
    const words: Record<Source, string> = { countries: "Countries", cells: "European grid" };
    for (const source of ["countries", "cells"] as const) {
      const pressed = String(source === this.source);
      const button = element("button", { type: "button", "aria-pressed": pressed }, words[source]);
      button.addEventListener("click", () => {
        for (const other of bar.children)
          other.setAttribute("aria-pressed", String(other === button));
        this.source = source;
        this.query.value = "";
        this.picked.clear();
        void this.load();
      });
      bar.append(button);
    }
    return bar;
  }

  private queryField(): HTMLElement {
    const sizes = field("pick-size", "Edge of a cell", this.sizes);
    sizes.dataset.only = "cells";
    const view = element(
      "label",
      { class: "check", "data-only": "countries" },
      this.mainland,
      "Leave out overseas parts",
    );
    return element(
      "div",
      { class: "stack tight" },
      field("pick-query", "Search", this.query),
      sizes,
      view,
    );
  }

  private mergeFields(): HTMLElement {
    const name = field("pick-name", "Name of the merged area", this.name);
    name.hidden = true;
    const each = element("input", { type: "radio", name: "pick-merge", checked: true });
    const one = element("input", { type: "radio", name: "pick-merge" });
    const changed = (): void => {
      this.picked.merged = one.checked;
      name.hidden = !one.checked;
      this.drawSum();
    };
    each.addEventListener("change", changed);
    one.addEventListener("change", changed);
    this.name.addEventListener("input", () => {
      this.picked.mergedName = this.name.value;
    });
    return element(
      "div",
      { class: "stack tight" },
      element(
        "fieldset",
        { class: "pick-merge" },
        element("legend", { class: "sr-only" }, "What they become"),
        element("label", { class: "check" }, each, "One area each"),
        element("label", { class: "check" }, one, "One merged area"),
      ),
      name,
    );
  }

  private async load(): Promise<void> {
    for (const node of this.node.querySelectorAll<HTMLElement>("[data-only]")) {
      node.hidden = node.dataset.only !== this.source;
    }
    const cells = this.source === "cells";
    this.query.placeholder = cells ? "Code, e.g. 100kmE52N25, and Enter" : "Name of a country";
    this.error.replaceChildren();
    try {
      this.choices = cells ? await this.cellsInView() : await this.allCountries();
    } catch (error) {
      if (error instanceof DOMException) return;
      this.choices = [];
      this.complain(error);
    }
    this.draw();
  }

  private later(): void {
    if (this.source !== "cells") return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.load(), WAIT_MS);
  }

  private async allCountries(): Promise<Choice[]> {
    return (await countries()).features.map((row) => ({
      id: `country:${row.properties.name}`,
      name: row.properties.name,
      geometry: row.geometry,
    }));
  }

  private cellsPath(): string {
    return `/api/v1/aois/grid-cells/?size=${this.size}&bbox=${this.view().join(",")}`;
  }

  private async cellsInView(): Promise<Choice[]> {
    this.asking?.abort();
    this.asking = new AbortController();
    const cells = await getJson<Cells>(this.cellsPath(), this.asking.signal);
    return cells.features.map(cellChoice);
  }

  private view(): Box {
    const box = this.map.getBounds();
    const cut = (value: number, most: number): number =>
      Number(Math.max(-most, Math.min(most, value)).toFixed(5));
    return [
      cut(box.getWest(), 180),
      cut(box.getSouth(), 90),
      cut(box.getEast(), 180),
      cut(box.getNorth(), 90),
    ];
  }

  private async entered(): Promise<void> {
    const rows = found(this.choices, this.query.value);
    const [first] = rows;
    if (first) {
      this.toggle(first);
      return;
    }
    if (this.source !== "cells" || !this.query.value.trim()) return;
    try {
      const path = `/api/v1/aois/grid-cells/?codes=${encodeURIComponent(this.query.value.trim())}`;
      const cells = await getJson<Cells>(path);
      for (const cell of cells.features) this.picked.toggle(cellChoice(cell));
      this.error.replaceChildren();
      this.query.value = "";
      this.draw();
    } catch (error) {
      this.complain(error);
    }
  }

  private clicked({ latlng }: LeafletMouseEvent): void {
    const choice = choiceAt(this.choices, [latlng.lng, latlng.lat]);
    if (choice) this.toggle(choice);
  }

  private toggle(choice: Choice): void {
    const whole = this.source === "cells" || !this.mainland.checked;
    const geometry = whole ? choice.geometry : withoutOverseas(choice.geometry);
    this.picked.toggle({ ...choice, geometry });
    this.draw();
    if (this.source === "countries" && this.picked.has(choice.id)) this.reveal(boxOf(geometry));
  }

  /** Zooms out to a country that is not in view. */
  private reveal(box: Box | null): void {
    if (!box || this.map.getBounds().contains(boundsOf(box) as never)) return;
    const all = this.picked.rows.map((row) => boxOf(row.geometry)).filter((row) => row !== null);
    this.map.fitBounds(boundsOf(boxUnion(all) ?? box), { padding: [32, 32], animate: false });
  }

  private complain(error: unknown): void {
    const text = error instanceof ApiError ? error.message : "The outlines could not be read.";
    this.error.replaceChildren(
      element(
        "div",
        { class: "notice failed", role: "alert" },
        icon("failed"),
        element("span", {}, text),
      ),
    );
  }

  private draw(): void {
    this.drawList();
    this.drawMap();
    this.drawSum();
  }

  private drawList(): void {
    const rows = found(this.choices, this.query.value);
    const held = document.activeElement instanceof HTMLInputElement && document.activeElement.value;
    this.list.replaceChildren(
      ...rows.slice(0, LISTED).map((choice) => this.option(choice)),
      rows.length > LISTED
        ? element("p", { class: "note" }, `${rows.length - LISTED} more; type to narrow the list.`)
        : "",
      rows.length === 0 ? element("p", { class: "note" }, this.noneText()) : "",
    );
    if (held)
      this.list.querySelector<HTMLInputElement>(`input[value="${CSS.escape(held)}"]`)?.focus();
  }

  private noneText(): string {
    return this.source === "cells"
      ? "No cell of that code in view. Press Enter to fetch a cell by its whole code."
      : "No country of that name.";
  }

  private option(choice: Choice): HTMLElement {
    const box = element("input", {
      type: "checkbox",
      value: choice.id,
      checked: this.picked.has(choice.id),
    });
    box.addEventListener("change", () => this.toggle(choice));
    return element("label", { class: "check" }, box, choice.name);
  }

  private drawMap(): void {
    this.outlines?.remove();
    const chosen = this.picked.rows;
    const rest =
      this.source === "cells" ? this.choices.filter((row) => !this.picked.has(row.id)) : [];
    const features = [...rest, ...chosen].map(({ id, geometry }) => ({
      type: "Feature" as const,
      properties: { id },
      geometry,
    }));
    const rows: FeatureCollection = { type: "FeatureCollection", features };
    this.outlines = geoJSON(rows, {
      interactive: false,
      style: (row) => this.style(row?.properties?.id),
    });
    this.outlines.addTo(this.map);
  }

  private paint(): void {
    this.outlines?.setStyle((row) => this.style(row?.properties?.id));
  }

  private style(id: string): object {
    return this.picked.has(id)
      ? { color: token("accent"), weight: 2, fillColor: token("accent"), fillOpacity: 0.2 }
      : { color: token("control"), weight: 1, fill: false };
  }

  private drawSum(): void {
    const names = this.picked.rows.map((row) => row.name);
    this.sum.textContent = names.length
      ? `Chosen: ${names.slice(0, 8).join(", ")}${names.length > 8 ? ` and ${names.length - 8} more` : ""}`
      : "Nothing is chosen yet. Tick names here or click on the map.";
    this.name.placeholder = this.picked.suggested;
    this.create.textContent = this.picked.action;
    this.create.disabled = this.picked.obstacle !== null;
    this.create.title = this.picked.obstacle ?? "";
  }

  private call(): ApiCall {
    const body = this.picked.body(this.options.project);
    return { method: "POST", path: "/api/v1/aois/batch/", body };
  }

  private async submit(): Promise<void> {
    this.create.disabled = true;
    this.create.setAttribute("aria-busy", "true");
    try {
      await this.options.onCreate(this.picked.body(this.options.project));
    } catch (error) {
      this.complain(error);
    }
    this.create.removeAttribute("aria-busy");
    this.drawSum();
  }
}

function cellChoice(cell: Cells["features"][number]): Choice {
  return { id: cell.properties.code, name: cell.properties.code, geometry: cell.geometry };
}
