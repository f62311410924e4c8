import { element, icon } from "./dom";

export type Tone = "good" | "failed" | "attention" | "running" | "paused" | "waiting";

export interface ToastAction {
  label: string;
  run(): void;
}

const STAYS_MS = 8000;

function holder(): HTMLElement {
  const present = document.querySelector<HTMLElement>(".toasts");
  if (present) return present;
  const made = element("div", { class: "toasts", role: "status", "aria-live": "polite" });
  document.body.append(made);
  return made;
}

/** Removes a note after eight seconds in which nobody pointed at it or had the focus in it. */
function expire(note: HTMLElement): void {
  let timer = setTimeout(() => note.remove(), STAYS_MS);
  const hold = (): void => clearTimeout(timer);
  const go = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => note.remove(), STAYS_MS);
  };
  for (const name of ["pointerenter", "focusin"]) note.addEventListener(name, hold);
  for (const name of ["pointerleave", "focusout"]) note.addEventListener(name, go);
}

/** One line over the page for eight seconds; never for errors that need a decision. */
export function toast(text: string, tone: Tone = "good", action?: ToastAction): void {
  const note = element(
    "div",
    { class: "toast" },
    icon(tone, `icon tone-${tone}`),
    element("span", {}, text),
  );
  if (action) {
    const button = element("button", { class: "button quiet small", type: "button" }, action.label);
    button.addEventListener("click", () => {
      note.remove();
      action.run();
    });
    note.append(button);
  }
  holder().append(note);
  expire(note);
}

export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    window.prompt("Copy this text:", text);
  }
}
