export type Theme = "light" | "dark";

const KEY = "theme";

export function themeNow(
  stored: string | null = localStorage.getItem(KEY),
  systemIsDark: boolean = matchMedia("(prefers-color-scheme: dark)").matches,
): Theme {
  if (stored === "light" || stored === "dark") return stored;
  return systemIsDark ? "dark" : "light";
}

export function toggleTheme(): Theme {
  const next: Theme = themeNow() === "dark" ? "light" : "dark";
  localStorage.setItem(KEY, next);
  document.documentElement.dataset.theme = next;
  window.dispatchEvent(new CustomEvent("theme:change"));
  return next;
}

/** Value of a CSS custom property, for canvases and Leaflet paths. */
export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** Calls back now, and whenever the person or the system changes the theme. */
export function onTheme(apply: () => void): void {
  apply();
  window.addEventListener("theme:change", apply);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", apply);
}
