/** Days on an axis: where one lies, which one a place means, how a brush moves. No DOM. */

const DAY_MS = 86_400_000;

export function dayNumber(day: string): number {
  return Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
}

export function dayText(number: number): string {
  return new Date(number * DAY_MS).toISOString().slice(0, 10);
}

export class TimeScale {
  readonly first: number;
  readonly last: number;

  /** From the first to the last day, inclusive; at least thirty days wide. */
  constructor(
    first: string,
    last: string,
    readonly width: number,
  ) {
    const low = dayNumber(first);
    const high = dayNumber(last) + 1;
    const slack = Math.max(0, Math.ceil((30 - (high - low)) / 2));
    this.first = low - slack;
    this.last = high + slack;
  }

  x(day: string | number): number {
    const number = typeof day === "string" ? dayNumber(day) : day;
    return ((number - this.first) / (this.last - this.first)) * this.width;
  }

  dayAt(x: number): string {
    const share = Math.min(1, Math.max(0, x / Math.max(1, this.width)));
    const number = Math.floor(this.first + share * (this.last - this.first));
    return dayText(Math.min(this.last - 1, number));
  }

  /** First days of months or years to write under the axis, at most one in 56 px. */
  marks(): { x: number; text: string }[] {
    const months = (this.last - this.first) / 30.44;
    const room = Math.max(1, Math.floor(this.width / 56));
    const every = [1, 2, 3, 6, 12, 24, 60, 120].find((step) => months / step <= room) ?? 240;
    const found: { x: number; text: string }[] = [];
    const begin = new Date(this.first * DAY_MS);
    let month = begin.getUTCFullYear() * 12 + begin.getUTCMonth();
    for (; ; month += 1) {
      const day = Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_MS;
      if (day >= this.last) return found;
      if (day < this.first || month % every !== 0) continue;
      const text = markText(month, every);
      // The first mark names the year, so that the axis says which one it begins with.
      const year = found.length || /^\d/.test(text) ? "" : ` ${Math.floor(month / 12)}`;
      found.push({ x: this.x(day), text: text + year });
    }
  }
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function markText(month: number, every: number): string {
  const year = String(Math.floor(month / 12));
  if (every >= 12 || month % 12 === 0) return year;
  return MONTHS[month % 12] as string;
}

/** Days that a key moves a brush's handle by; 0 for other keys. */
export function keyStep(key: string, shift: boolean): number {
  const size = shift ? 10 : 1;
  switch (key) {
    case "ArrowLeft":
    case "ArrowDown":
      return -size;
    case "ArrowRight":
    case "ArrowUp":
      return size;
    case "PageDown":
      return -30;
    case "PageUp":
      return 30;
    default:
      return 0;
  }
}

/** Moves one end of a brush, never past the other nor off the axis. */
export function moved(
  brush: [string, string],
  end: 0 | 1,
  days: number,
  limits: [string, string],
): [string, string] {
  const low = dayNumber(end === 0 ? limits[0] : brush[0]);
  const high = dayNumber(end === 0 ? brush[1] : limits[1]);
  const next = Math.min(high, Math.max(low, dayNumber(brush[end]) + days));
  return end === 0 ? [dayText(next), brush[1]] : [brush[0], dayText(next)];
}
