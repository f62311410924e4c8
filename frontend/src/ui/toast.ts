import { element, icon } from "./dom";

/** One line over the page for eight seconds; never for errors that need a decision. */
export function toast(text: string, tone: "good" | "failed" | "attention" = "good"): void {
  let holder = document.querySelector<HTMLElement>(".toasts");
  if (!holder) {
    holder = element("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(holder);
  }
  const note = element(
    "div",
    { class: "toast" },
    icon(tone, `icon tone-${tone}`),
    element("span", {}, text),
  );
  holder.append(note);
  setTimeout(() => note.remove(), 8000);
}

export async function copyText(text: string, done: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(done);
  } catch {
    window.prompt("Copy this text:", text);
  }
}
