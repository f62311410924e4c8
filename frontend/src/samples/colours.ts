/**
 * How far apart two colours are for people who do not see red or green as others do: simulated
 * after Viénot, Brettel and Mollon (1999), measured with CIEDE2000.
 */
export type Vision = "deuteranopia" | "protanopia";

type Triple = [number, number, number];

/** Two classes nearer than this are hard to tell apart. */
export const LEAST_DIFFERENCE = 12;

const linear = (part: number): number =>
  part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;

export function rgbOf(hex: string): Triple {
  const number = Number.parseInt(hex.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255].map((part) =>
    linear(part / 255),
  ) as Triple;
}

const times = (matrix: Triple[], [a, b, c]: Triple): Triple =>
  matrix.map((row) => row[0] * a + row[1] * b + row[2] * c) as Triple;

const SIMULATION: Record<Vision, Triple[]> = {
  protanopia: [
    [0.11238, 0.88762, 0],
    [0.11238, 0.88762, 0],
    [0.00401, -0.00401, 1],
  ],
  deuteranopia: [
    [0.29275, 0.70725, 0],
    [0.29275, 0.70725, 0],
    [-0.02234, 0.02234, 1],
  ],
};

const XYZ: Triple[] = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];
const WHITE: Triple = [0.95047, 1, 1.08883];

export function labOf(rgb: Triple): Triple {
  const [x, y, z] = times(XYZ, rgb).map((part, n) => {
    const share = Math.max(0, part) / (WHITE[n] as number);
    return share > 216 / 24389 ? Math.cbrt(share) : ((24389 / 27) * share + 16) / 116;
  }) as Triple;
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

const RADIANS = Math.PI / 180;

/** CIEDE2000 (Sharma, Wu, Dalal 2005), with all weights 1. */
export function difference([l1, a1, b1]: Triple, [l2, a2, b2]: Triple): number {
  const chroma = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(chroma ** 7 / (chroma ** 7 + 25 ** 7)));
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const hue = (a: number, b: number): number =>
    a === 0 && b === 0 ? 0 : (Math.atan2(b, a) / RADIANS + 360) % 360;
  const [h1, h2] = [hue(p1, b1), hue(p2, b2)];
  const gray = c1 * c2 === 0;
  let turn = gray ? 0 : h2 - h1;
  if (turn > 180) turn -= 360;
  if (turn < -180) turn += 360;
  const dh = 2 * Math.sqrt(c1 * c2) * Math.sin((turn / 2) * RADIANS);
  const l = (l1 + l2) / 2;
  const c = (c1 + c2) / 2;
  let h = h1 + h2;
  if (!gray) {
    if (Math.abs(h1 - h2) > 180) h += h < 360 ? 360 : -360;
    h /= 2;
  }
  const cosine = (angle: number): number => Math.cos(angle * RADIANS);
  const t =
    1 -
    0.17 * cosine(h - 30) +
    0.24 * cosine(2 * h) +
    0.32 * cosine(3 * h + 6) -
    0.2 * cosine(4 * h - 63);
  const sl = 1 + (0.015 * (l - 50) ** 2) / Math.sqrt(20 + (l - 50) ** 2);
  const sc = 1 + 0.045 * c;
  const sh = 1 + 0.015 * c * t;
  const rotation =
    -2 *
    Math.sqrt(c ** 7 / (c ** 7 + 25 ** 7)) *
    Math.sin(60 * Math.exp(-(((h - 275) / 25) ** 2)) * RADIANS);
  const [dl, dc, dhue] = [(l2 - l1) / sl, (c2 - c1) / sc, dh / sh];
  return Math.sqrt(dl ** 2 + dc ** 2 + dhue ** 2 + rotation * dc * dhue);
}

export function seen(hex: string, vision: Vision): Triple {
  return labOf(times(SIMULATION[vision], rgbOf(hex)));
}

export interface Closeness {
  one: number;
  other: number;
  vision: Vision;
  difference: number;
}

/** Pairs of classes that are too close, the closest first. */
export function tooClose(classes: readonly { code: number; color: string }[]): Closeness[] {
  const found: Closeness[] = [];
  for (const [n, one] of classes.entries()) {
    for (const other of classes.slice(n + 1)) {
      const measured = (["deuteranopia", "protanopia"] as const).map((vision) => ({
        one: one.code,
        other: other.code,
        vision,
        difference: difference(seen(one.color, vision), seen(other.color, vision)),
      }));
      const [least] = measured.sort((a, b) => a.difference - b.difference);
      if (least && least.difference < LEAST_DIFFERENCE) found.push(least);
    }
  }
  return found.sort((a, b) => a.difference - b.difference);
}
