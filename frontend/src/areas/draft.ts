import type { Problem } from "../api/client";
import { areaKm2, crossingOf, type Place, type Polygonal, vertexCount } from "../geo/measure";
import { type ApiCall, apiCallButton } from "../ui/api_call";
import { element, icon } from "../ui/dom";
import { area as areaText, count } from "../ui/format";
import { type Finding, findingsOf, type Limits } from "./store";
import { CoordinatesError, outlineOf, placeIn, textOf } from "./text";

export interface DraftOptions {
  title: string;
  name: string;
  geometry: Polygonal | null;
  limits: Limits;
  textFirst?: boolean;
  /** A person typed an outline. */
  onText(geometry: Polygonal | null): void;
  onSave(): void;
  onDiscard(): void;
  onPlace(place: Place | null, text: string, go: boolean): void;
  call(): ApiCall;
}

/** The form beside the map while an area is drawn or changed. */
export class DraftForm {
  readonly node: HTMLFormElement;
  private outlineNow: Polygonal | null;
  private imagery = "";
  private refused: Finding[] = [];
  private readonly name = element("input", { class: "input", id: "draft-name", maxlength: 200 });
  private readonly nameError = element("span", { class: "error", id: "draft-name-error" });
  private readonly text = element("textarea", {
    class: "input",
    id: "draft-text",
    rows: 8,
    spellcheck: "false",
    "aria-describedby": "draft-text-help draft-text-error",
    placeholder: "22.10, 45.18, 22.21, 45.26",
  });
  private readonly textError = element("span", { class: "error", id: "draft-text-error" });
  private readonly fold = element("details", { class: "advanced" });
  private readonly facts = element("p", { class: "draft-facts", role: "status" });
  private readonly findings = element("div", { class: "notices", "aria-live": "polite" });
  private readonly save = element(
    "button",
    { class: "button primary", type: "submit" },
    "Save area",
  );

  constructor(private readonly options: DraftOptions) {
    this.outlineNow = options.geometry;
    this.name.value = options.name;
    this.fold.open = options.textFirst === true;
    this.node = this.build();
    this.outline(options.geometry, true);
  }

  get value(): { name: string; geometry: Polygonal | null } {
    return { name: this.name.value.trim(), geometry: this.outlineNow };
  }

  focus(): void {
    (this.fold.open ? this.text : this.name).focus();
  }

  /** Takes the outline as it is on the map now. */
  outline(geometry: Polygonal | null, settled: boolean): void {
    this.outlineNow = geometry;
    this.factsOf(geometry);
    if (!settled) return;
    this.refused = [];
    this.imagery = "";
    this.writeText(geometry);
    this.check();
  }

  private factsOf(geometry: Polygonal | null): void {
    const corners = `${count(vertexCount(geometry))} corners`;
    this.facts.textContent = !geometry
      ? "No outline yet: click the corners on the map, or write them below."
      : crossingOf(geometry)
        ? `${corners}; no area, the outline crosses itself`
        : `${areaText(areaKm2(geometry))} · ${corners}`;
  }

  /** Whether something would be lost. */
  get dirty(): boolean {
    const { name, geometry } = this.options;
    return this.outlineNow !== geometry || this.name.value !== name;
  }

  /** Whether the outline can be asked about: it is there and has no fault of its own. */
  get sound(): boolean {
    return findingsOf(this.outlineNow, this.options.limits).every((row) => row.level !== "error");
  }

  /** Says that no scene touches the outline. */
  imageryNote(text: string): void {
    this.imagery = text;
    this.check();
  }

  busy(on: boolean): void {
    this.save.setAttribute("aria-busy", String(on));
    this.check();
    if (on) this.save.disabled = true;
  }

  /** Shows what the server refused beside the field it is about. */
  problem(problem: Problem): void {
    const errors = { ...(problem.errors ?? {}) };
    this.nameError.textContent = (errors.name ?? []).join(" ");
    this.name.setAttribute("aria-invalid", String(Boolean(errors.name)));
    const texts = [...(errors.geometry ?? [])];
    if (texts.length === 0 && !errors.name) texts.push(problem.detail);
    const more = problem.advice ? ` ${problem.advice}` : "";
    this.refused = texts.map((text) => {
      const place = placeIn(text);
      return { level: "error", text: text + more, ...(place ? { place } : {}) };
    });
    this.check();
    if (errors.name) this.name.focus();
  }

  private build(): HTMLFormElement {
    const { options } = this;
    const discard = element("button", { class: "button", type: "button" }, "Discard");
    discard.addEventListener("click", () => options.onDiscard());
    this.text.addEventListener("input", () => this.typed());
    this.name.addEventListener("input", () => {
      this.nameError.textContent = "";
      this.name.removeAttribute("aria-invalid");
      this.check();
    });
    const form = element(
      "form",
      { class: "draft", novalidate: true, "aria-label": options.title },
      element("h2", {}, options.title),
      field("draft-name", "Name", this.name, this.nameError),
      this.facts,
      this.findings,
      this.coordinates(),
      element("div", { class: "draft-foot" }, apiCallButton(options.call), discard, this.save),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    return form;
  }

  private coordinates(): HTMLElement {
    const help = element(
      "span",
      { class: "help", id: "draft-text-help" },
      "A corner on each line: longitude, latitude in degrees. Or a box on one line: west, south, east, north. An empty line begins another polygon.",
    );
    this.fold.append(
      element("summary", {}, "Coordinates"),
      field("draft-text", "Corners", this.text, this.textError, help),
    );
    return this.fold;
  }

  private submit(): void {
    const { name, geometry } = this.value;
    if (!name) {
      this.nameError.textContent = "Give the area a name.";
      this.name.setAttribute("aria-invalid", "true");
      this.name.focus();
      return;
    }
    if (!geometry) {
      this.textError.textContent = "Draw the outline on the map, or write its corners here.";
      this.fold.open = true;
      this.text.focus();
      return;
    }
    this.options.onSave();
  }

  private typed(): void {
    try {
      const geometry = outlineOf(this.text.value);
      this.textError.textContent = "";
      this.text.removeAttribute("aria-invalid");
      this.outlineNow = geometry;
      this.refused = [];
      this.imagery = "";
      this.factsOf(geometry);
      this.options.onText(geometry);
      this.check();
    } catch (error) {
      if (!(error instanceof CoordinatesError)) throw error;
      this.textError.textContent = error.message;
      this.text.setAttribute("aria-invalid", "true");
    }
  }

  private writeText(geometry: Polygonal | null): void {
    if (document.activeElement === this.text) return;
    const text = textOf(geometry);
    this.text.value = text ?? "";
    this.text.disabled = text === null;
    this.textError.textContent =
      text === null ? "This outline has holes or very many corners; change it on the map." : "";
  }

  private check(): void {
    const own = findingsOf(this.outlineNow, this.options.limits);
    const all: Finding[] = [...own, ...this.refused];
    if (this.imagery) all.push({ level: "warning", text: this.imagery });
    this.findings.replaceChildren(...all.map((finding) => this.notice(finding)));
    this.save.disabled = own.some((finding) => finding.level === "error");
    const placed = all.find((finding) => finding.place);
    this.options.onPlace(placed?.place ?? null, "Crosses itself here", false);
  }

  private notice({ level, text, place }: Finding): HTMLElement {
    const tone = level === "error" ? "failed" : "attention";
    const node = element("div", { class: `notice ${tone}` }, icon(tone), element("span", {}, text));
    if (place) {
      const show = element("button", { class: "button quiet small", type: "button" }, "Show");
      show.addEventListener("click", () =>
        this.options.onPlace(place, "Crosses itself here", true),
      );
      node.append(show);
    }
    return node;
  }
}

export function field(id: string, label: string, ...nodes: Node[]): HTMLElement {
  const holder = element("div", { class: "field" }, element("label", { for: id }, label));
  holder.append(...nodes);
  return holder;
}
