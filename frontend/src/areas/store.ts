/** The areas of a project as the page knows them. Rules only: no DOM, no map. */
import type { Feature } from "geojson";
import { areaKm2, crossingOf, type Place, type Polygonal, vertexCount } from "../geo/measure";

export interface AreaProperties {
  name: string;
  project: string;
  area_km2: number;
  revision: number;
}

export type Area = Feature<Polygonal, AreaProperties> & { id: string };

export interface Limits {
  maxKm2: number;
  maxVertices: number;
}

export interface Finding {
  /** An error keeps the area from being saved; a warning does not. */
  level: "error" | "warning";
  text: string;
  place?: Place;
}

/** What is wrong with an outline before the server says so. */
export function findingsOf(geometry: Polygonal | null, limits: Limits): Finding[] {
  if (!geometry) return [];
  const found: Finding[] = [];
  const size = areaKm2(geometry);
  const place = crossingOf(geometry);
  if (place) {
    const at = `longitude ${place[0].toFixed(4)}, latitude ${place[1].toFixed(4)}`;
    found.push({
      level: "error",
      text: `The outline crosses itself near ${at}. Move a corner, or give two polygons.`,
      place,
    });
  } else if (size === 0) {
    found.push({ level: "error", text: "The outline is empty: it has no area." });
  }
  if (size > limits.maxKm2) {
    const [own, most] = [size, limits.maxKm2].map((v) => Math.round(v).toLocaleString("en-US"));
    found.push({
      level: "error",
      text: `${own} km² is more than the limit of ${most} km². Draw a smaller area or split it.`,
    });
  }
  const vertices = vertexCount(geometry);
  if (vertices > limits.maxVertices) {
    found.push({
      level: "error",
      text: `${vertices.toLocaleString("en-US")} corners are more than the limit of ${limits.maxVertices.toLocaleString("en-US")}. Simplify the outline.`,
    });
  }
  return found;
}

type Listener = () => void;

/** The list, what is chosen and what the list is narrowed to. */
export class AreaStore {
  private readonly rows = new Map<string, Area>();
  private readonly listeners: Listener[] = [];
  private chosen: string | null = null;
  private query = "";
  readonly outside: Set<string>;

  constructor(outside: Iterable<string> = []) {
    this.outside = new Set(outside);
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  put(areas: Iterable<Area>): void {
    for (const area of areas) this.rows.set(area.id, area);
    this.tell();
  }

  remove(id: string): void {
    this.rows.delete(id);
    this.outside.delete(id);
    if (this.chosen === id) this.chosen = null;
    this.tell();
  }

  markOutside(id: string, outside: boolean): void {
    if (this.outside.has(id) === outside) return;
    if (outside) this.outside.add(id);
    else this.outside.delete(id);
    this.tell();
  }

  choose(id: string | null): void {
    const next = id !== null && this.rows.has(id) ? id : null;
    if (next === this.chosen) return;
    this.chosen = next;
    this.tell();
  }

  narrow(query: string): void {
    this.query = query;
    this.tell();
  }

  get(id: string): Area | undefined {
    return this.rows.get(id);
  }

  get selected(): Area | null {
    return (this.chosen && this.rows.get(this.chosen)) || null;
  }

  get all(): Area[] {
    return [...this.rows.values()];
  }

  get filter(): string {
    return this.query;
  }

  /** By name, narrowed to what was typed. */
  get shown(): Area[] {
    const wanted = this.query.trim().toLowerCase();
    return this.all
      .filter((area) => area.properties.name.toLowerCase().includes(wanted))
      .sort((a, b) => a.properties.name.localeCompare(b.properties.name, "en", { numeric: true }));
  }

  get totalKm2(): number {
    return this.all.reduce((sum, area) => sum + area.properties.area_km2, 0);
  }

  /** The neighbour of the chosen row in the shown list. */
  step(by: number): Area | null {
    const rows = this.shown;
    const at = rows.findIndex((area) => area.id === this.chosen);
    return rows[Math.max(0, Math.min(rows.length - 1, at + by))] ?? null;
  }
}

/** A name that is not taken yet: "Area 3". */
export function freeName(base: string, taken: Iterable<string>): string {
  const names = new Set(taken);
  let number = 1;
  while (names.has(`${base} ${number}`)) number += 1;
  return `${base} ${number}`;
}
