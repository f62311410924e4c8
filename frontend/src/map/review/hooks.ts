/**
 * How other parts of the review screen join it. A module calls `addPanel`, `addOverlay`,
 * `addTool` or `addPixelSection` when it is imported (the entry imports it before the page
 * starts); the page then shows a button with its key, keeps the open panel and the overlays that
 * are off in the permalink, and hands a `ReviewContext` to the module.
 *
 *     addPanel({
 *       id: "remarks", title: "Remarks", icon: "flag", key: "m",
 *       mount(body, review) { …; return { opened() {…}, closed() {…} }; },
 *     });
 *
 * The page's script has a size to keep (80 kB): a module that draws more than a few lines loads
 * that part in `mount` or `run` with `import("./…")`.
 */
import type { Map as LeafletMap } from "leaflet";
import type { Layer } from "../../api/types";
import type { Source } from "./sources";
import type { Entry, Place, ReviewState } from "./state";
import type { Store } from "./store";

export interface ProjectInfo {
  id: string;
  slug: string;
  /** viewer, interpreter, producer or manager. */
  role: string;
}

/** What a module of the review screen may use. */
export interface ReviewContext {
  readonly map: LeafletMap;
  readonly project: ProjectInfo;
  /** The whole state; `store.watch` tells of each change, `store.change` makes one. */
  readonly store: Store<ReviewState>;
  /** What an entry is drawn from, once it has been read. */
  sourceOf(entry: Entry): Source | undefined;
  /** The same, read first where it is not known yet. */
  sourceSoon(entry: Entry): Promise<Source>;
  /** Puts an entry on top of the stack and shows it. */
  show(entry: Entry): void;
  openPanel(id: string): void;
  closePanel(): void;
  /** Reads the pixel at a place in all layers of the stack. */
  inspect(place: Place): void;
  moveTo(place: Place, zoom?: number): void;
}

export interface PanelLife {
  opened?(): void;
  closed?(): void;
}

/** A panel at the right (a drawer on a phone); one is open at a time. */
export interface ReviewPanel {
  id: string;
  title: string;
  icon: string;
  key?: string;
  /** A click on the map gives it a place and leaves it open. */
  picks?: boolean;
  /** Fills the panel's body; called once, when it is first opened. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a panel without a life of its own returns nothing
  mount(body: HTMLElement, review: ReviewContext): PanelLife | void;
}

/** Something drawn above the stack that the layers panel can switch off. */
export interface ReviewOverlay {
  id: string;
  title: string;
  attach(review: ReviewContext): { show(on: boolean): void };
}

/** A button of the bar at the bottom that is not a panel. */
export interface ReviewTool {
  id: string;
  title: string;
  icon: string;
  key?: string;
  run(review: ReviewContext): void;
}

/** What the stored pixel says, for sections of the pixel panel. */
export interface PixelReading {
  place: Place;
  pixel: Pixel | null;
  rows: PixelRow[];
}

export interface Pixel {
  crs: string;
  x: number;
  y: number;
  row: number;
  column: number;
  center: [number, number];
  ring: [number, number][];
}

export interface PixelRow {
  key: string;
  layer: Layer;
  value: number | null;
  error?: string;
}

/** A part of the pixel panel, drawn under the values for each pixel; null draws nothing. */
export interface PixelSection {
  id: string;
  draw(reading: PixelReading, review: ReviewContext): Promise<Node | null> | Node | null;
}

export const panels: ReviewPanel[] = [];
export const overlays: ReviewOverlay[] = [];
export const tools: ReviewTool[] = [];
export const pixelSections: PixelSection[] = [];

export const addPanel = (panel: ReviewPanel): void => void panels.push(panel);
export const addOverlay = (overlay: ReviewOverlay): void => void overlays.push(overlay);
export const addTool = (tool: ReviewTool): void => void tools.push(tool);
export const addPixelSection = (part: PixelSection): void => void pixelSections.push(part);
