import { element } from "./dom";

/** Lets the person keep data of the page as a file. */
export function saveJson(name: string, value: unknown): void {
  const blob = new Blob([JSON.stringify(value)], { type: "application/geo+json" });
  const href = URL.createObjectURL(blob);
  const link = element("a", { href, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
