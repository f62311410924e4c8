import { openDialog } from "./dialog";
import { element } from "./dom";

export type Modifier = "ctrl" | "shift" | "alt";

export interface KeyBinding {
  /** As `KeyboardEvent.key` says it: "z", "ArrowLeft", "?". */
  key: string;
  modifiers?: Modifier[];
  label: string;
  run(event: KeyboardEvent): void;
  /** Only while this is true. */
  when?: () => boolean;
}

type Pressed = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">;

const bound: KeyBinding[] = [];
const OFF = "single-keys";
const NAMES: Record<string, string> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  " ": "Space",
  Delete: "Del",
  ctrl: "Ctrl",
  shift: "Shift",
  alt: "Alt",
};

/** Whether an event is a binding's; Cmd counts as Ctrl, and signs such as "?" imply their Shift. */
export function matches(binding: Pick<KeyBinding, "key" | "modifiers">, event: Pressed): boolean {
  if (binding.key.toLowerCase() !== event.key.toLowerCase()) return false;
  const wants = (name: Modifier): boolean => binding.modifiers?.includes(name) ?? false;
  if (wants("ctrl") !== (event.ctrlKey || event.metaKey)) return false;
  if (wants("alt") !== event.altKey) return false;
  const sign = binding.key.length === 1 && !/[a-z0-9 ]/i.test(binding.key);
  return sign || wants("shift") === event.shiftKey;
}

/** A key without Ctrl or Alt that writes a character: it belongs to fields while in one. */
export function isSingle(binding: Pick<KeyBinding, "key" | "modifiers">): boolean {
  const held = binding.modifiers?.some((name) => name !== "shift") ?? false;
  return binding.key.length === 1 && !held;
}

export function inField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("textarea, select")) return true;
  const input = target.closest("input");
  return input !== null && !["checkbox", "radio", "range", "button"].includes(input.type);
}

export function singleKeysOn(): boolean {
  return localStorage.getItem(OFF) !== "off";
}

export function setSingleKeys(on: boolean): void {
  localStorage.setItem(OFF, on ? "on" : "off");
}

function mayRun(binding: KeyBinding, event: KeyboardEvent): boolean {
  if (!matches(binding, event) || binding.when?.() === false) return false;
  if (!isSingle(binding)) return true;
  return singleKeysOn() && !inField(event.target) && !document.querySelector("dialog[open]");
}

/** Runs the binding of a key event; later bindings come before earlier ones. */
export function handleKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented) return false;
  const found = [...bound].reverse().find((binding) => mayRun(binding, event));
  if (!found) return false;
  event.preventDefault();
  found.run(event);
  return true;
}

/** Adds keys of a screen; the answer removes them again. */
export function bindKeys(bindings: KeyBinding[]): () => void {
  bound.push(...bindings);
  return () => {
    for (const binding of bindings) {
      const at = bound.indexOf(binding);
      if (at >= 0) bound.splice(at, 1);
    }
  };
}

export function keyWords(binding: Pick<KeyBinding, "key" | "modifiers">): string[] {
  const key =
    NAMES[binding.key] ?? (binding.key.length === 1 ? binding.key.toUpperCase() : binding.key);
  return [...(binding.modifiers ?? []).map((name) => NAMES[name] ?? name), key];
}

/** Key caps, to stand beside an action. */
export function keyCaps(binding: Pick<KeyBinding, "key" | "modifiers">): HTMLElement {
  const caps = keyWords(binding).map((word) => element("kbd", {}, word));
  return element("span", { class: "keys" }, ...caps);
}

/** All keys that work now, as the `?` help shows them. */
export function showKeys(): void {
  const rows = bound
    .filter((binding) => binding.when?.() !== false)
    .map((binding) =>
      element(
        "div",
        { class: "key-row" },
        element("dt", {}, keyCaps(binding)),
        element("dd", {}, binding.label),
      ),
    );
  const note = singleKeysOn()
    ? "Single letters work outside of fields. The account menu switches them off."
    : "Single letters are switched off; the account menu switches them on.";
  const close = element("button", { class: "button", type: "button", autofocus: true }, "Close");
  const opened = openDialog({
    title: "Keys on this page",
    body: element(
      "div",
      {},
      element("dl", { class: "key-list" }, ...rows),
      element("p", { class: "note" }, note),
    ),
    actions: [close],
  });
  close.addEventListener("click", opened.close);
}
