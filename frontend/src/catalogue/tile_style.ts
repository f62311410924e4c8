/** How a scene is drawn: rgb, nir or one band with a stretch. No DOM. */

export interface TileStyle {
  style: string;
  /** auto, `percent,low,high` or `range,low,high`. */
  stretch: string;
  opacity: number;
}

export const STRETCHES: readonly [string, string][] = [
  ["auto", "Automatic"],
  ["percent,2,98", "2 – 98 %"],
  ["percent,0,100", "All values"],
  ["range", "From … to …"],
];

export function styleOf(query: URLSearchParams): TileStyle {
  const opacity = Number(query.get("opacity") ?? "1");
  const stretch = query.get("stretch") ?? "auto";
  return {
    style: query.get("style") ?? "rgb",
    stretch: /^(percent|range),-?[\d.]+(e-?\d+)?,-?[\d.]+(e-?\d+)?$/.test(stretch)
      ? stretch
      : "auto",
    opacity: opacity >= 0 && opacity <= 1 ? opacity : 1,
  };
}

export function styleAddress(style: TileStyle): Record<string, string | null> {
  return {
    style: style.style === "rgb" ? null : style.style,
    stretch: style.stretch === "auto" ? null : style.stretch,
    opacity: style.opacity === 1 ? null : style.opacity.toFixed(2),
  };
}

export function styleQuery({ style, stretch }: TileStyle): string {
  const query = new URLSearchParams({ style });
  if (stretch !== "auto") query.set("stretch", stretch);
  return query.toString();
}

/** What is wrong with the ends of a range, or null. */
export function rangeProblem(low: number, high: number): string | null {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return "Give two numbers.";
  return low < high ? null : "The first number must be the smaller one.";
}
