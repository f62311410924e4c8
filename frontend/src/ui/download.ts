import { element } from "./dom";

/** Lets the person keep data of the page as a file. */
export function saveJson(name: string, value: unknown): void {
  saveText(name, "application/geo+json", JSON.stringify(value));
}

export function saveText(name: string, type: string, text: string): void {
  const blob = new Blob([text], { type });
  const href = URL.createObjectURL(blob);
  const link = element("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
