import { token } from "../ui/theme";
import { inPeriod } from "./ticks";
import type { TimeScale } from "./timescale";
import type { Calendar, Period, Ticks } from "./types";

export interface StripPicture {
  ticks: Ticks;
  calendar: Calendar | null;
  scale: TimeScale;
  start: string;
  end: string;
  chosen: string | null;
  height: number;
}

const TICKS_HIGH = 52;
const BARS_TOP = 64;
const BARS_HIGH = 46;

/** Height of a scene's tick: clear ones are long; unknown cloud is of middle length. */
export function tickHeight(cloud: number | null): number {
  return cloud === null ? TICKS_HIGH * 0.55 : TICKS_HIGH * (0.18 + 0.82 * (1 - cloud / 100));
}

/** A round figure at or above the largest bar. */
export function barTop(periods: readonly Period[]): number {
  const most = Math.max(1, ...periods.map((row) => row.valid));
  return [1, 2, 3, 5, 10, 20, 50, 100, 200, 500].find((step) => step >= most) ?? Math.ceil(most);
}

export function drawStrip(canvas: HTMLCanvasElement, picture: StripPicture): void {
  const { scale, height } = picture;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(scale.width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${scale.width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(ratio, ratio);
  pen.font = "11px Inter Variable, sans-serif";
  drawBars(pen, picture);
  drawTicks(pen, picture);
  drawAxis(pen, picture);
}

function drawTicks(
  pen: CanvasRenderingContext2D,
  { ticks, scale, start, end, chosen }: StripPicture,
): void {
  const half = scale.x(scale.first + 0.5);
  const colors = { e: token("control"), f: token("attention"), i: token("text-1") };
  const thick = ticks.day.length > scale.width / 2 ? 1 : 2;
  pen.lineWidth = thick;
  ticks.day.forEach((day, at) => {
    const letter = ticks.state[at] as "i" | "e" | "f";
    const cloud = ticks.cloud[at] ?? null;
    const x = Math.round(scale.x(day) + half) + (thick % 2 ? 0.5 : 0);
    const inside = inPeriod(day, start, end);
    pen.globalAlpha = inside ? (letter === "i" ? 1 - 0.6 * ((cloud ?? 40) / 100) : 0.9) : 0.25;
    pen.strokeStyle = colors[letter];
    pen.setLineDash(letter === "e" ? [2, 3] : []);
    pen.beginPath();
    pen.moveTo(x, TICKS_HIGH + 4);
    pen.lineTo(x, TICKS_HIGH + 4 - tickHeight(cloud));
    pen.stroke();
    if (ticks.id[at] === chosen) mark(pen, x);
  });
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

/** A triangle under the scene that is shown: form, not only colour. */
function mark(pen: CanvasRenderingContext2D, x: number): void {
  pen.save();
  pen.globalAlpha = 1;
  pen.fillStyle = token("accent");
  pen.beginPath();
  pen.moveTo(x, TICKS_HIGH + 3);
  pen.lineTo(x - 5, TICKS_HIGH + 11);
  pen.lineTo(x + 5, TICKS_HIGH + 11);
  pen.fill();
  pen.restore();
}

function drawBars(
  pen: CanvasRenderingContext2D,
  { calendar, scale, start, end }: StripPicture,
): void {
  if (!calendar) return;
  const top = barTop(calendar.periods);
  const base = BARS_TOP + BARS_HIGH;
  const day = scale.x(scale.first + 1);
  for (const period of calendar.periods) {
    const x = scale.x(period.start);
    const width = Math.max(1, scale.x(period.end) + day - x - 1);
    const high = (period.valid / top) * BARS_HIGH;
    pen.globalAlpha = inPeriod(period.end, start, "") && inPeriod(period.start, "", end) ? 1 : 0.3;
    pen.fillStyle = token("stage-2");
    pen.fillRect(x, base - high, width, high);
    // The part that was measured from masks is solid and dark; estimates are light.
    const share = period.scenes ? period.measured / period.scenes : 0;
    pen.fillStyle = token("stage-3");
    pen.fillRect(x, base - high * share, width, high * share);
  }
  pen.globalAlpha = 1;
  pen.fillStyle = token("text-3");
  pen.textAlign = "left";
  pen.fillText(`${top}`, 2, BARS_TOP + 8);
}

function drawAxis(pen: CanvasRenderingContext2D, { scale, height }: StripPicture): void {
  pen.strokeStyle = token("line");
  pen.fillStyle = token("text-3");
  pen.lineWidth = 1;
  const base = BARS_TOP + BARS_HIGH + 0.5;
  pen.beginPath();
  pen.moveTo(0, base);
  pen.lineTo(scale.width, base);
  for (const { x } of scale.marks()) {
    pen.moveTo(Math.round(x) + 0.5, base);
    pen.lineTo(Math.round(x) + 0.5, base + 4);
  }
  pen.stroke();
  pen.textAlign = "left";
  for (const { x, text } of scale.marks()) {
    if (x + 40 < scale.width) pen.fillText(text, x + 2, height - 5);
  }
}
