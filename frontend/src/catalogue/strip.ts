import { openDialog } from "../ui/dialog";
import { byId, element } from "../ui/dom";
import { onTheme } from "../ui/theme";
import { calendarTable, calendarWords } from "./calendar_words";
import { periodOf, periodText } from "./search";
import { drawStrip } from "./strip_draw";
import { NO_TICKS } from "./ticks";
import { keyStep, moved, TimeScale } from "./timescale";
import type { Calendar, Ticks } from "./types";
import { button, cloudWords } from "./words";

const HEIGHT = 132;

export interface StripEvents {
  period(datetime: string): void;
  pick(id: string): void;
}

/**
 * One tick a scene, and under it what each ten days offer; a brush sets the period. The brush's
 * ends are sliders: arrows move a day, with Shift ten, Page keys thirty.
 */
export class DateStrip {
  private readonly holder = byId("strip");
  private readonly canvas = element("canvas", { class: "strip-canvas", height: HEIGHT });
  private readonly plot = element("div", { class: "strip-plot" });
  private readonly brush = element("div", { class: "strip-brush", hidden: true });
  private readonly handles = [this.handle(0, "First day"), this.handle(1, "Last day")] as const;
  private readonly words = element("p", { class: "note strip-words", "aria-live": "polite" });
  private readonly tip = element("div", { class: "strip-tip", hidden: true });
  private ticks: Ticks = NO_TICKS;
  private calendar: Calendar | null = null;
  private scale: TimeScale | null = null;
  private datetime = "";
  private chosen: string | null = null;

  constructor(private readonly events: StripEvents) {
    this.plot.append(this.canvas, this.brush, ...this.handles, this.tip);
    const table = button("Table", () => this.showTable(), "button quiet small");
    const all = button("All dates", () => events.period(""), "button quiet small");
    const head = element("div", { class: "strip-head" }, element("h2", {}, "Dates"), this.words);
    head.append(element("span", { class: "end" }, all, table));
    this.holder.append(head, this.plot);
    this.bindPointer();
    new ResizeObserver(() => this.draw()).observe(this.plot);
    onTheme(() => this.draw());
  }

  showTicks(ticks: Ticks): void {
    this.ticks = ticks;
    this.draw();
  }

  showCalendar(calendar: Calendar | null): void {
    this.calendar = calendar;
    this.words.textContent = calendar ? calendarWords(calendar) : "";
    this.draw();
  }

  showPeriod(datetime: string): void {
    this.datetime = datetime;
    this.draw();
  }

  choose(id: string | null): void {
    this.chosen = id;
    this.draw();
  }

  private limits(): [string, string] | null {
    const { day } = this.ticks;
    return day.length ? [day[0] as string, day[day.length - 1] as string] : null;
  }

  private draw(): void {
    const limits = this.limits();
    this.holder.classList.toggle("is-empty", !limits);
    const width = this.plot.clientWidth;
    if (!limits || width < 50) {
      this.scale = null;
      return;
    }
    this.scale = new TimeScale(limits[0], limits[1], width);
    const [start, end] = periodOf(this.datetime);
    drawStrip(this.canvas, {
      ticks: this.ticks,
      calendar: this.calendar,
      scale: this.scale,
      start,
      end,
      chosen: this.chosen,
      height: HEIGHT,
    });
    this.placeBrush(limits, start, end);
  }

  private placeBrush(limits: [string, string], start: string, end: string): void {
    if (!this.scale) return;
    const days = [start || limits[0], end || limits[1]] as const;
    const low = this.scale.x(days[0]);
    const high = this.scale.x(days[1]) + this.scale.x(this.scale.first + 1);
    this.brush.hidden = !this.datetime;
    this.brush.style.left = `${low}px`;
    this.brush.style.width = `${Math.max(2, high - low)}px`;
    this.handles.forEach((handle, end) => {
      handle.style.left = `${end === 0 ? low : high}px`;
      handle.setAttribute("aria-valuemin", "0");
      const span = (this.scale?.last ?? 1) - (this.scale?.first ?? 0);
      handle.setAttribute("aria-valuemax", String(span));
      const at = Math.round(((end === 0 ? low : high) / Math.max(1, this.plot.clientWidth)) * span);
      handle.setAttribute("aria-valuenow", String(at));
      handle.setAttribute("aria-valuetext", days[end] as string);
    });
  }

  private handle(end: 0 | 1, label: string): HTMLElement {
    const node = element("div", {
      class: `strip-handle ${end === 0 ? "first" : "last"}`,
      role: "slider",
      tabindex: 0,
      "aria-label": label,
    });
    node.addEventListener("keydown", (event) => {
      const limits = this.limits();
      const step = keyStep(event.key, event.shiftKey);
      if (!limits || !step) return;
      event.preventDefault();
      const [start, last] = periodOf(this.datetime);
      const next = moved([start || limits[0], last || limits[1]], end, step, limits);
      this.set(next, limits);
    });
    return node;
  }

  /** The whole of the axis is no period at all. */
  private set([start, end]: [string, string], limits: [string, string]): void {
    const whole = start <= limits[0] && end >= limits[1];
    this.events.period(whole ? "" : periodText(start, end));
  }

  private bindPointer(): void {
    let from: string | null = null;
    let moving: 0 | 1 | null = null;
    let begun = 0;
    const dayOf = (event: PointerEvent): string =>
      this.scale?.dayAt(event.clientX - this.plot.getBoundingClientRect().left) ?? "";
    this.plot.addEventListener("pointerdown", (event) => {
      if (!this.scale || event.button !== 0) return;
      const grip = this.handles.indexOf(event.target as HTMLDivElement);
      moving = grip === 0 || grip === 1 ? grip : null;
      from = dayOf(event);
      begun = event.clientX;
      this.plot.setPointerCapture(event.pointerId);
    });
    this.plot.addEventListener("pointermove", (event) => {
      if (from === null) this.point(event);
      else if (Math.abs(event.clientX - begun) > 4) this.drag(from, dayOf(event), moving);
    });
    this.plot.addEventListener("pointerup", (event) => {
      if (from !== null && Math.abs(event.clientX - begun) <= 4 && moving === null) {
        const id = this.tickAt(event);
        if (id) this.events.pick(id);
      }
      from = null;
    });
    this.plot.addEventListener("pointerleave", () => {
      this.tip.hidden = true;
    });
  }

  private drag(from: string, to: string, moving: 0 | 1 | null): void {
    const limits = this.limits();
    if (!limits) return;
    const [start, end] = periodOf(this.datetime);
    const fixed = moving === 0 ? end || limits[1] : moving === 1 ? start || limits[0] : from;
    const ends = [fixed, to].sort() as [string, string];
    const clipped = (day: string): string =>
      day < limits[0] ? limits[0] : day > limits[1] ? limits[1] : day;
    this.set([clipped(ends[0]), clipped(ends[1])], limits);
  }

  /** The scene nearest to the pointer, within six pixels. */
  private tickAt(event: PointerEvent): string | null {
    if (!this.scale) return null;
    const x = event.clientX - this.plot.getBoundingClientRect().left;
    const middle = this.scale.x(this.scale.first + 0.5);
    let best: string | null = null;
    let distance = 7;
    this.ticks.day.forEach((day, at) => {
      const away = Math.abs((this.scale?.x(day) ?? 0) + middle - x);
      if (away < distance) {
        distance = away;
        best = this.ticks.id[at] as string;
      }
    });
    return best;
  }

  private point(event: PointerEvent): void {
    const id = this.tickAt(event);
    const at = id ? this.ticks.id.indexOf(id) : -1;
    this.tip.hidden = at < 0;
    if (at < 0) return;
    const cloud = this.ticks.cloud[at] ?? null;
    const left = this.ticks.state[at] === "e" ? " · left out" : "";
    this.tip.textContent = `${this.ticks.day[at]} · cloud ${cloudWords(cloud)}${left}`;
    const x = event.clientX - this.plot.getBoundingClientRect().left;
    this.tip.style.left = `${Math.min(this.plot.clientWidth - 150, Math.max(0, x + 8))}px`;
  }

  private showTable(): void {
    const close = button("Close", () => opened.close());
    const opened = openDialog({
      title: "Valid observations by ten days",
      body: calendarTable(this.calendar),
      actions: [close],
      wide: true,
    });
  }
}
