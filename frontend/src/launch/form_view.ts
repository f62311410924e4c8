import { controlsIn, fieldOf } from "./controls";
import type { Blocker } from "./estimate_view";
import { pathFor } from "./form";
import type { Picker } from "./picker";

/** Errors beside their fields, and the words that name a field. */
export class FormView {
  private readonly touched = new Set<string>();
  private submitted = false;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly pickers: Map<string, Picker>,
  ) {
    const touch = (event: Event): void => {
      const path = (event.target as HTMLElement).dataset?.path;
      if (path) this.touched.add(path);
    };
    form.addEventListener("input", touch);
    form.addEventListener("focusout", touch);
  }

  submit(): void {
    this.submitted = true;
  }

  get paths(): string[] {
    return [...new Set(controlsIn(this.form).map((node) => node.dataset.path ?? ""))];
  }

  labelOf(path: string): string {
    const field = this.form.querySelector<HTMLElement>(`[data-field="${CSS.escape(path)}"]`);
    return field?.dataset.label ?? path.replace(/^parameters\./, "").replaceAll(".", ", ");
  }

  /** What a problem's errors say, each with the field it belongs to. */
  blockersOf(errors: Record<string, string[]>, areaName: (id: string) => string): Blocker[] {
    return Object.entries(errors).map(([name, texts]) => {
      const text = texts.join(" ");
      if (name.startsWith("aois.")) return { label: areaName(name.slice(5)), text, path: null };
      const path = pathFor(name, this.paths);
      return { label: path ? this.labelOf(path) : name, text, path };
    });
  }

  /** Shows errors in place; an empty field that nobody has been to yet is only counted. */
  showErrors(blockers: Blocker[]): void {
    this.clear();
    for (const { path, text } of blockers) {
      if (!path) continue;
      const node = this.control(path);
      if (!node || !(this.submitted || this.touched.has(path) || this.isFilled(path))) continue;
      const place = fieldOf(node)?.querySelector<HTMLElement>(".error");
      if (!place) continue;
      place.id ||= `error-${path}`;
      place.textContent = text[0] ? text[0].toUpperCase() + text.slice(1) : text;
      place.hidden = false;
      node.setAttribute("aria-invalid", "true");
      node.setAttribute("aria-describedby", place.id);
      this.pickers.get(path)?.sync();
    }
  }

  clear(): void {
    for (const node of this.form.querySelectorAll<HTMLElement>("[data-path][aria-invalid]")) {
      node.removeAttribute("aria-invalid");
      node.removeAttribute("aria-describedby");
      this.pickers.get(node.dataset.path ?? "")?.sync();
    }
    for (const place of this.form.querySelectorAll<HTMLElement>(".error")) {
      place.textContent = "";
      place.hidden = true;
    }
  }

  go(path: string): void {
    const node = this.control(path);
    const fold = node?.closest("details");
    if (fold) fold.open = true;
    const picker = this.pickers.get(path);
    if (picker) picker.focus();
    else node?.focus();
    (fieldOf(node ?? this.form) ?? node)?.scrollIntoView({ block: "nearest" });
  }

  private isFilled(path: string): boolean {
    return controlsIn(this.form).some(
      (node) =>
        node.dataset.path === path &&
        (node.dataset.type === "many" ? false : node.value.trim() !== ""),
    );
  }

  private control(path: string): HTMLElement | undefined {
    const nodes = controlsIn(this.form).filter((node) => node.dataset.path === path);
    return nodes.find((node) => !node.closest("fieldset[disabled]")) ?? nodes[0];
  }
}
