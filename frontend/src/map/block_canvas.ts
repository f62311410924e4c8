import type { Map as LeafletMap, LeafletMouseEvent, Point, ZoomAnimEvent } from "leaflet";
import { DomUtil } from "leaflet";
import type { BlockState } from "../api/types";
import { type BlockInfo, type BlockModel, STATES } from "../jobs/block_model";
import { onTheme, token } from "../ui/theme";
import { cornerMarks, octagon, ring } from "./block_marks";
import { BlockRaster, type Rgba, rgbaOf } from "./block_raster";

export type BlockView = "result" | "state" | "seconds";

/** How far beyond the window the canvas reaches, so that a short drag shows no edge. */
const PADDING = 0.15;
const SYMBOL_PX = 14;
const MARK_PX = 8;
/** Below this width blocks are drawn as pixels of an image. */
const SMALL_PX = 22;
const SMALL_ALPHA = [0.06, 0.55, 0.4, 0.12, 0.6, 0.8, 0.4];
const LEVELS = [0, 1, 2, 3, 4];
/** Boxes in one path; long paths are slow to fill. */
const PATH_BOXES = 8;
const MOST_DASHED = 400;
const FADE_MS = 180;
const WORLD = 256;

interface Look {
  fill: string;
  fillAlpha: number;
  line: string;
  width: number;
  dash: number[];
}

function looks(): Look[] {
  const look = (name: string, fillAlpha: number, width: number, dash: number[] = []): Look => {
    const color = token(name);
    return { fill: color, fillAlpha, line: color, width, dash };
  };
  const named: Record<BlockState, Look> = {
    pending: look("control", 0.08, 1, [3, 3]),
    running: look("accent", 0.16, 2),
    done: look("good", 0.35, 1),
    skipped: look("waiting", 0.05, 1, [2, 4]),
    degraded: look("attention", 0.35, 2),
    quarantined: look("failed", 0.3, 2),
    waived: look("failed", 0.1, 1, [4, 2]),
  };
  return STATES.map((state) => named[state]);
}

/** Draws a model's blocks on one canvas; holds no rule but how a state looks. */
export class BlockCanvas {
  view: BlockView = "result";
  selected = -1;
  onPick: ((info: BlockInfo | null) => void) | null = null;
  onHover: ((info: BlockInfo | null, at: Point) => void) | null = null;
  private readonly canvas = DomUtil.create("canvas", "block-canvas leaflet-zoom-animated");
  private looks: Look[] = [];
  private covered = new Uint8Array(0);
  private fades = new Map<number, number>();
  private frame = 0;
  private readonly raster: BlockRaster;
  private rasterOf: Float64Array | null = null;
  private rasterFits = false;
  private origin: Point | null = null;
  private drawn = { zoom: 0, center: { lat: 0, lng: 0 } };
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

  constructor(
    private readonly map: LeafletMap,
    private readonly model: BlockModel,
  ) {
    this.raster = new BlockRaster(model);
    const pane = map.createPane("blocks");
    pane.style.zIndex = "450";
    pane.style.pointerEvents = "none";
    this.canvas.setAttribute("aria-hidden", "true");
    pane.append(this.canvas);
    map.on("moveend zoomend resize viewreset", () => this.reset());
    map.on("zoomanim", (event) => this.animate(event as ZoomAnimEvent));
    map.on("mousemove", (event) => this.hover(event as LeafletMouseEvent));
    map.on("mouseout", () => this.onHover?.(null, map.getSize()));
    map.on("click", (event) => this.pick(event as LeafletMouseEvent));
    onTheme(() => {
      this.looks = looks();
      this.request();
    });
    this.reset();
  }

  /** Draws again with the next frame; many calls in between cost one drawing. */
  request(): void {
    if (this.frame) return;
    this.frame = requestAnimationFrame((now) => {
      this.frame = 0;
      this.draw(now);
    });
  }

  /** The map below shows these blocks now: their filling fades away. */
  cover(shown: (at: number) => boolean): void {
    const before = this.covered;
    this.covered = new Uint8Array(this.model.size);
    const now = performance.now();
    for (let n = 0; n < this.model.size; n += 1) {
      if (!shown(n)) continue;
      this.covered[n] = 1;
      if (before.length === this.model.size && !before[n] && !this.calm) this.fades.set(n, now);
    }
    this.request();
  }

  isCovered(at: number): boolean {
    return this.covered[at] === 1;
  }

  private reset(): void {
    const size = this.map.getSize();
    const offset = size.multiplyBy(-PADDING).round();
    const topLeft = this.map.containerPointToLayerPoint(offset);
    const width = Math.round(size.x * (1 + 2 * PADDING));
    const height = Math.round(size.y * (1 + 2 * PADDING));
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    if (this.canvas.width !== width * ratio || this.canvas.height !== height * ratio) {
      this.canvas.width = width * ratio;
      this.canvas.height = height * ratio;
      this.canvas.style.width = `${width}px`;
      this.canvas.style.height = `${height}px`;
    }
    DomUtil.setTransform(this.canvas, topLeft, 1);
    this.origin = this.map.getPixelOrigin().add(topLeft);
    const { lat, lng } = this.map.getCenter();
    this.drawn = { zoom: this.map.getZoom(), center: { lat, lng } };
    this.draw(performance.now());
  }

  /** Scales what is drawn while the map zooms, as Leaflet's own renderers do. */
  private animate({ center, zoom }: ZoomAnimEvent): void {
    const scale = this.map.getZoomScale(zoom, this.drawn.zoom);
    const half = this.map.getSize().multiplyBy(0.5 + PADDING);
    const pane = DomUtil.getPosition(this.map.getPane("mapPane") as HTMLElement);
    const origin = this.map
      .project(center, zoom)
      .subtract(this.map.getSize().divideBy(2))
      .add(pane)
      .round();
    const now = this.map.project(this.drawn.center, zoom);
    DomUtil.setTransform(this.canvas, half.multiplyBy(-scale).add(now).subtract(origin), scale);
  }

  private draw(now: number): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const context = this.canvas.getContext("2d");
    if (!context || !this.origin) return;
    const ratio = Math.min(window.devicePixelRatio || 1, 2);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const [width, height] = [this.canvas.width / ratio, this.canvas.height / ratio];
    context.clearRect(0, 0, width, height);
    if (!this.model.placed || this.model.size === 0) return;
    const scale = 2 ** this.map.getZoom();
    const small = this.edge(0, scale) < SMALL_PX && this.prepared();
    const groups = this.visible(scale, width, height);
    if (small) this.drawSmall(context, now, scale, ratio);
    else this.drawLarge(context, groups, now, scale);
    this.drawMarks(context, groups, scale);
    if (this.selected >= 0) this.drawSelected(context, scale);
  }

  private drawLarge(
    context: CanvasRenderingContext2D,
    groups: number[][],
    now: number,
    scale: number,
  ): void {
    for (const [code, group] of groups.entries()) this.drawGroup(context, code, group, scale);
    if (this.view === "seconds") this.drawSeconds(context, groups, scale);
    this.drawFades(context, now, scale);
  }

  /** The raster knows where the blocks lie; it is made anew when the model was loaded anew. */
  private prepared(): boolean {
    if (this.rasterOf !== this.model.corners) {
      this.rasterOf = this.model.corners;
      this.rasterFits = this.raster.rebuild();
    }
    return this.rasterFits;
  }

  private drawSmall(
    context: CanvasRenderingContext2D,
    now: number,
    scale: number,
    ratio: number,
  ): void {
    const colors = this.looks.map((look, code) => rgbaOf(look.fill, SMALL_ALPHA[code] ?? 0.3));
    const levels = LEVELS.map((level) => rgbaOf(token(`stage-${level}`), 0.85));
    const top = this.view === "seconds" ? Math.max(1e-6, ...this.model.seconds) : 1;
    this.raster.paint((n) => {
      const code = this.model.codes[n] as number;
      const base = colors[code] as Rgba;
      const done = code === 2 || code === 4;
      if (this.view === "seconds" && done) {
        const share = (this.model.seconds[n] as number) / top;
        return levels[Math.min(4, Math.floor(share * 5))] as Rgba;
      }
      if (this.view !== "result" || !done || !this.covered[n]) return base;
      const left = 1 - (now - (this.fades.get(n) ?? 0)) / FADE_MS;
      if (left <= 0) this.fades.delete(n);
      return [base[0], base[1], base[2], Math.max(0, left) * base[3]];
    });
    this.raster.draw(context, scale, this.origin as Point, ratio);
    context.lineWidth = 0.5;
    context.strokeStyle = token("control");
    context.globalAlpha = this.edge(0, scale) < 4 ? 0.15 : 0.5;
    this.raster.drawLines(context, scale, this.origin as Point);
    context.globalAlpha = 1;
    if (this.fades.size > 0) this.request();
  }

  /** Numbers of the blocks within the canvas, by code. */
  private visible(scale: number, width: number, height: number): number[][] {
    const groups: number[][] = STATES.map(() => []);
    const { corners, codes, size } = this.model;
    const origin = this.origin as Point;
    const [left, top] = [origin.x / scale, origin.y / scale];
    const [right, bottom] = [left + width / scale, top + height / scale];
    for (let n = 0; n < size; n += 1) {
      const at = n * 8;
      const [x0, y0] = [corners[at] as number, corners[at + 1] as number];
      const [x2, y2] = [corners[at + 4] as number, corners[at + 5] as number];
      const reach = Math.abs(x2 - x0) + Math.abs(y2 - y0);
      if (x0 > right + reach || x2 < left - reach || y0 > bottom + reach || y2 < top - reach)
        continue;
      (groups[codes[n] as number] as number[]).push(n);
    }
    return groups;
  }

  private trace(context: CanvasRenderingContext2D, n: number, scale: number): void {
    const { corners } = this.model;
    const { x, y } = this.origin as Point;
    const at = n * 8;
    context.moveTo((corners[at] as number) * scale - x, (corners[at + 1] as number) * scale - y);
    for (let c = 2; c < 8; c += 2) {
      context.lineTo(
        (corners[at + c] as number) * scale - x,
        (corners[at + c + 1] as number) * scale - y,
      );
    }
    context.closePath();
  }

  private drawGroup(
    context: CanvasRenderingContext2D,
    code: number,
    group: number[],
    scale: number,
  ): void {
    const look = this.looks[code];
    if (!look || group.length === 0) return;
    const hidden =
      this.view === "result" && (STATES[code] === "done" || STATES[code] === "degraded");
    const shown = hidden ? group.filter((n) => !this.covered[n]) : group;
    const edge = this.edge(group[0] as number, scale);
    const filled = !(this.view === "seconds" && STATES[code] === "done");
    context.fillStyle = look.fill;
    context.strokeStyle = look.line;
    context.lineWidth = edge < MARK_PX ? 0.5 : look.width;
    context.setLineDash(edge < MARK_PX || shown.length > MOST_DASHED ? [] : look.dash);
    for (let k = 0; k < shown.length; k += PATH_BOXES) {
      context.beginPath();
      for (const n of shown.slice(k, k + PATH_BOXES)) this.trace(context, n, scale);
      context.globalAlpha = look.fillAlpha;
      if (filled) context.fill();
      context.globalAlpha = edge < 5 ? 0.25 : 1;
      if (STATES[code] === "running" && edge >= SYMBOL_PX) this.casing(context, look.width);
      context.stroke();
    }
    context.setLineDash([]);
    context.globalAlpha = 1;
  }

  /** A light line around a dark one, so that marks stand out on imagery too. */
  private casing(context: CanvasRenderingContext2D, width: number): void {
    const line = context.strokeStyle;
    context.lineWidth = width + 2;
    context.strokeStyle = "rgb(255 255 255 / 0.85)";
    context.stroke();
    context.lineWidth = width;
    context.strokeStyle = line;
  }

  private drawSeconds(context: CanvasRenderingContext2D, groups: number[][], scale: number): void {
    const shown = [...(groups[2] ?? []), ...(groups[4] ?? [])];
    const known = shown.map((n) => this.model.seconds[n] as number).filter((value) => value > 0);
    const top = known.length ? Math.max(...known) : 1;
    for (let level = 0; level < 5; level += 1) {
      context.beginPath();
      for (const n of shown) {
        const share = (this.model.seconds[n] as number) / top;
        if (Math.min(4, Math.floor(share * 5)) === level) this.trace(context, n, scale);
      }
      context.globalAlpha = 0.85;
      context.fillStyle = token(`stage-${level}`);
      context.fill();
    }
    context.globalAlpha = 1;
  }

  private drawFades(context: CanvasRenderingContext2D, now: number, scale: number): void {
    const look = this.looks[2];
    if (!look || this.fades.size === 0) return;
    for (const [n, began] of this.fades) {
      const left = 1 - (now - began) / FADE_MS;
      if (left <= 0 || this.view !== "result") {
        this.fades.delete(n);
        continue;
      }
      context.beginPath();
      this.trace(context, n, scale);
      context.globalAlpha = look.fillAlpha * left;
      context.fillStyle = look.fill;
      context.fill();
    }
    context.globalAlpha = 1;
    if (this.fades.size > 0) this.request();
  }

  private edge(n: number, scale: number): number {
    const { corners } = this.model;
    const at = n * 8;
    return Math.abs((corners[at + 4] as number) - (corners[at] as number)) * scale;
  }

  private drawMarks(context: CanvasRenderingContext2D, groups: number[][], scale: number): void {
    const some = groups.find((group) => group.length > 0)?.[0];
    if (some === undefined) return;
    const edge = this.edge(some, scale);
    const { corners, reused } = this.model;
    const { x, y } = this.origin as Point;
    const middle = (n: number): [number, number] => [
      (((corners[n * 8] as number) + (corners[n * 8 + 4] as number)) / 2) * scale - x,
      (((corners[n * 8 + 1] as number) + (corners[n * 8 + 5] as number)) / 2) * scale - y,
    ];
    if (edge >= SYMBOL_PX) {
      const radius = Math.min(9, edge * 0.28);
      for (const n of groups[5] ?? []) octagon(context, middle(n), radius, this.line(5));
      for (const n of groups[1] ?? []) ring(context, middle(n), radius, this.line(1));
    }
    if (edge < MARK_PX) return;
    const marked = groups.flat().filter((n) => reused[n]);
    const places = marked.map((n): [number, number] => [
      (corners[n * 8 + 2] as number) * scale - x - 3,
      (corners[n * 8 + 3] as number) * scale - y + 3,
    ]);
    cornerMarks(context, places, Math.min(8, edge * 0.35));
  }

  private line(code: number): string {
    return this.looks[code]?.line ?? "#161a20";
  }

  private drawSelected(context: CanvasRenderingContext2D, scale: number): void {
    context.beginPath();
    this.trace(context, this.selected, scale);
    context.lineWidth = 5;
    context.strokeStyle = "rgb(255 255 255 / 0.95)";
    context.stroke();
    context.lineWidth = 2.5;
    context.strokeStyle = "#161a20";
    context.stroke();
  }

  private under(event: LeafletMouseEvent): BlockInfo | null {
    const { x, y } = this.map.project(event.latlng, 0);
    return this.model.info(this.model.at(x * (WORLD / 256), y * (WORLD / 256)));
  }

  private hover(event: LeafletMouseEvent): void {
    this.onHover?.(this.under(event), event.containerPoint);
  }

  private pick(event: LeafletMouseEvent): void {
    this.onPick?.(this.under(event));
  }
}
