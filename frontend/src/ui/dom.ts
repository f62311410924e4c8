type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string | null | undefined;

/** Makes an element; text children are text, never markup. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child != null) node.append(child);
  return node;
}

const SVG = "http://www.w3.org/2000/svg";

/** An icon of the sprite that the shell puts into each page. */
export function icon(name: string, className = "icon"): SVGSVGElement {
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("class", className);
  node.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  node.append(use);
  return node;
}

/** The small square of a class; its colour is data, so it is set as an SVG attribute. */
export function swatch(color: string): SVGSVGElement {
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("class", "swatch");
  node.setAttribute("viewBox", "0 0 12 12");
  node.setAttribute("aria-hidden", "true");
  for (const [className, fill] of [
    ["", color],
    ["edge", "none"],
  ]) {
    const rect = document.createElementNS(SVG, "rect");
    if (className) rect.setAttribute("class", className);
    rect.setAttribute("width", "12");
    rect.setAttribute("height", "12");
    rect.setAttribute("fill", fill ?? "none");
    node.append(rect);
  }
  return node;
}

/** A bar of shares (0–1) laid end to end. */
export function bar(shares: { share: number; kind: string }[], className = "bar"): SVGSVGElement {
  const node = document.createElementNS(SVG, "svg");
  node.setAttribute("class", className);
  node.setAttribute("viewBox", "0 0 100 6");
  node.setAttribute("preserveAspectRatio", "none");
  node.setAttribute("aria-hidden", "true");
  let left = 0;
  for (const { share, kind } of shares) {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", kind);
    rect.setAttribute("x", String(left * 100));
    rect.setAttribute("width", String(Math.max(0, share) * 100));
    rect.setAttribute("height", "6");
    node.append(rect);
    left += Math.max(0, share);
  }
  return node;
}

export function byId<T extends HTMLElement = HTMLElement>(id: string): T {
  const node = document.getElementById(id);
  if (!node) throw new Error(`The page has no element #${id}.`);
  return node as T;
}

/** Data the server put into the page with json_script. */
export function pageData<T>(id: string): T {
  return JSON.parse(byId(id).textContent ?? "null") as T;
}
