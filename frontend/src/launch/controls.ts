import type { FieldType } from "./form";
import { type Entry, flattened, same } from "./state";

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

export const fieldOf = (node: Element): HTMLElement | null =>
  node.closest<HTMLElement>("[data-field]");

export function controlsIn(form: HTMLElement): Control[] {
  return [...form.querySelectorAll<Control>("[data-path]")];
}

const isBox = (node: Control): node is HTMLInputElement =>
  node instanceof HTMLInputElement && node.type === "checkbox";

/** A key of a control that holds over a reload: variants have controls of one path. */
const keyOf = (node: Control): string =>
  `${node.id || node.dataset.path}${node.dataset.type === "many" ? `=${node.value}` : ""}`;

export function entriesOf(form: HTMLElement): Record<string, Entry> {
  return Object.fromEntries(
    controlsIn(form).map((node) => [keyOf(node), { value: node.value, checked: checked(node) }]),
  );
}

const checked = (node: Control): boolean => isBox(node) && node.checked;

export function entriesPut(form: HTMLElement, entries: Record<string, Entry>): void {
  for (const node of controlsIn(form)) {
    const entry = entries[keyOf(node)];
    if (!entry) continue;
    if (isBox(node)) node.checked = entry.checked;
    else if (!(node instanceof HTMLSelectElement) || has(node, entry.value))
      node.value = entry.value;
  }
}

const has = (node: HTMLSelectElement, value: string): boolean =>
  [...node.options].some((option) => option.value === value);

function textOf(value: unknown, type: FieldType): string {
  if (value === null || value === undefined) return "";
  if (type === "json") return JSON.stringify(value);
  return Array.isArray(value) ? value.join(", ") : String(value);
}

/**
 * Puts parameters into the form; fields they do not name go back to their default. Returns the
 * paths whose value is not offered (a row that is gone).
 */
export function parametersPut(form: HTMLElement, parameters: unknown): string[] {
  const flat = flattened(parameters);
  const lost: string[] = [];
  for (const node of controlsIn(form)) {
    const path = node.dataset.path ?? "";
    if (!path.startsWith("parameters.")) continue;
    const value = flat.get(path) ?? defaultOf(node);
    if (node.dataset.type === "many") {
      (node as HTMLInputElement).checked = Array.isArray(value) && value.includes(node.value);
    } else if (isBox(node)) node.checked = value === true;
    else {
      const text = textOf(value, (node.dataset.type ?? "text") as FieldType);
      const offered = !(node instanceof HTMLSelectElement) || has(node, text);
      if (offered) node.value = text;
      else {
        node.value = "";
        lost.push(path);
      }
    }
  }
  return lost;
}

export function defaultOf(node: Element): unknown {
  return JSON.parse(fieldOf(node)?.dataset.default ?? "null") as unknown;
}

/** Puts one field back to its default. */
export function fieldReset(field: HTMLElement): void {
  for (const node of controlsIn(field)) {
    const value = defaultOf(node);
    if (node.dataset.type === "many") {
      (node as HTMLInputElement).checked = Array.isArray(value) && value.includes(node.value);
    } else if (isBox(node)) node.checked = value === true;
    else node.value = textOf(value, (node.dataset.type ?? "text") as FieldType);
  }
}

/** Defaults of all fields by path, to compare parameters that leave them out. */
export function defaultsOf(form: HTMLElement): Map<string, unknown> {
  const defaults = new Map<string, unknown>();
  for (const field of form.querySelectorAll<HTMLElement>("[data-field]")) {
    const value = JSON.parse(field.dataset.default ?? "null") as unknown;
    if (value !== null) defaults.set(field.dataset.field ?? "", value);
  }
  return defaults;
}

/** Switches variants and excluded groups by the values they hang on. */
export function groupsFollow(form: HTMLElement): void {
  const valueAt = (path: string): string =>
    form.querySelector<HTMLSelectElement>(`[data-path="${CSS.escape(path)}"]`)?.value ?? "";
  for (const group of form.querySelectorAll<HTMLFieldSetElement>("fieldset[data-when]")) {
    const off = valueAt(group.dataset.when ?? "") !== group.dataset.is;
    group.disabled = off;
    group.hidden = off;
  }
  for (const group of form.querySelectorAll<HTMLFieldSetElement>("fieldset[data-unless]")) {
    const void_ = valueAt(group.dataset.unless ?? "") !== "";
    group.disabled = void_;
    const note = group.querySelector<HTMLElement>("[data-void]");
    if (note) note.hidden = !void_;
  }
}

/** Marks fields that are not at their default; `value` gives a field's value in the body. */
export function marksPut(
  form: HTMLElement,
  value: (path: string) => unknown,
  reset: (field: HTMLElement) => void,
): number {
  let changed = 0;
  for (const field of form.querySelectorAll<HTMLElement>("[data-field]")) {
    if (field.closest("fieldset[disabled]")) continue;
    const path = field.dataset.field ?? "";
    const usual = JSON.parse(field.dataset.default ?? "null") as unknown;
    const now = value(path);
    const differs = now !== undefined && !same(now, usual);
    // Without a default there is nothing to go back to: a required choice is no change.
    const mark = differs && usual !== null;
    field.classList.toggle("changed", mark);
    if (differs) changed += 1;
    resetButton(field, mark, reset);
  }
  return changed;
}

function resetButton(field: HTMLElement, on: boolean, reset: (field: HTMLElement) => void): void {
  const present = field.querySelector<HTMLButtonElement>(".field-reset");
  if (!on) {
    present?.remove();
    return;
  }
  if (present) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "field-reset";
  const usual = JSON.parse(field.dataset.default ?? "null") as unknown;
  button.textContent = `default ${Array.isArray(usual) ? usual.join(", ") : String(usual)}`;
  button.title = "Changed. Press to go back to the default.";
  button.setAttribute("aria-label", `${field.dataset.label}: back to ${button.textContent}`);
  button.addEventListener("click", () => reset(field));
  (field.querySelector(".help") ?? field.lastElementChild)?.before(button);
}
