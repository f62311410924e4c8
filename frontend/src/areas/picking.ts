/** What is picked from ready outlines: countries and cells of the European grid. Rules only. */
import type { Feature } from "geojson";
import {
  areaKm2,
  type Box,
  boxOf,
  insideRing,
  type Place,
  type Polygonal,
  polygonal,
  polygonsOf,
} from "../geo/measure";

export interface Choice {
  id: string;
  name: string;
  geometry: Polygonal;
}

const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Choices whose name has all typed words; those that begin with the text come first. */
export function found(choices: readonly Choice[], query: string): Choice[] {
  const words = folded(query).split(/\s+/).filter(Boolean);
  const begins = (choice: Choice): number =>
    folded(choice.name).startsWith(words[0] ?? "") ? 0 : 1;
  return choices
    .filter((choice) => words.every((word) => folded(choice.name).includes(word)))
    .sort((a, b) => begins(a) - begins(b) || a.name.localeCompare(b.name, "en", { numeric: true }));
}

export function choiceAt(choices: readonly Choice[], place: Place): Choice | null {
  const holds = (choice: Choice): boolean =>
    polygonsOf(choice.geometry).some((rings) => insideRing(place, rings[0] ?? []));
  return choices.find(holds) ?? null;
}

const touches = (a: Box, b: Box): boolean =>
  a[0] <= b[2] && a[2] >= b[0] && a[1] <= b[3] && a[3] >= b[1];

const NEAR_DEGREES = 10;

/** A country without the parts far from its largest one: no overseas departments. */
export function withoutOverseas(geometry: Polygonal): Polygonal {
  const parts = polygonsOf(geometry).map((rings) => {
    const shape: Polygonal = { type: "Polygon", coordinates: rings };
    return { rings, size: areaKm2(shape), box: boxOf(shape) };
  });
  const main = parts.reduce((a, b) => (b.size > a.size ? b : a), parts[0] as (typeof parts)[0]);
  if (!main?.box) return geometry;
  const [west, south, east, north] = main.box;
  const near: Box = [
    west - NEAR_DEGREES,
    south - NEAR_DEGREES,
    east + NEAR_DEGREES,
    north + NEAR_DEGREES,
  ];
  const kept = parts.filter((part) => part.box !== null && touches(part.box, near));
  return polygonal(kept.map((part) => part.rings)) ?? geometry;
}

/** Chosen outlines in the order of choosing, and whether they become one area. */
export class Picked {
  private readonly chosen = new Map<string, Choice>();
  merged = false;
  private name = "";

  constructor(readonly limit: number) {}

  toggle(choice: Choice): void {
    if (!this.chosen.delete(choice.id)) this.chosen.set(choice.id, choice);
  }

  clear(): void {
    this.chosen.clear();
  }

  has(id: string): boolean {
    return this.chosen.has(id);
  }

  get rows(): Choice[] {
    return [...this.chosen.values()];
  }

  get mergedName(): string {
    return this.name.trim() || this.suggested;
  }

  set mergedName(name: string) {
    this.name = name;
  }

  get suggested(): string {
    const names = this.rows.map((row) => row.name);
    return names.length <= 3 ? names.join(", ") : `${names[0]} and ${names.length - 1} more`;
  }

  /** Why nothing can be created now; null when it can. */
  get obstacle(): string | null {
    if (this.chosen.size === 0) return "Choose at least one outline.";
    if (this.chosen.size > this.limit) {
      return `${this.chosen.size} outlines are more than the limit of ${this.limit} at once.`;
    }
    return null;
  }

  get action(): string {
    if (this.chosen.size === 0) return "Create areas";
    if (this.merged || this.chosen.size === 1) return "Create one area";
    return `Create ${this.chosen.size} areas`;
  }

  body(project: string): Record<string, unknown> {
    const features: Feature[] = this.rows.map(({ name, geometry }) => ({
      type: "Feature",
      properties: { name },
      geometry,
    }));
    const merged = this.merged ? { merged_name: this.mergedName } : {};
    return { project, features, ...merged };
  }
}
