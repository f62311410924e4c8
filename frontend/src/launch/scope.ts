/** Where a launch works: the whole imagery, areas (one job each) or units (one job). No DOM here. */

import { area as areaText } from "../ui/format";

export type Mode = "whole" | "area" | "unit";

/** An area of interest or a production unit. */
export interface Place {
  id: string;
  name: string;
  km2: number;
  kind: "area" | "unit";
}

export interface Reach {
  mode: Mode;
  ids: string[];
}

export class Scope {
  private readonly listeners: (() => void)[] = [];
  private chosen: string[];

  constructor(
    public places: Place[],
    chosen: string[],
    public mode: Mode,
  ) {
    this.chosen = chosen.filter((id) => this.byId(id));
  }

  get whole(): boolean {
    return this.mode === "whole";
  }

  /** What the launch works on; none means the whole imagery. */
  get ids(): string[] {
    return this.chosen.filter((id) => this.byId(id)?.kind === this.mode);
  }

  get reach(): Reach {
    return { mode: this.mode, ids: this.ids };
  }

  /** Everything ticked, also in the modes that are not shown. */
  get kept(): string[] {
    return this.chosen;
  }

  /** The places of the mode that is shown. */
  get offered(): Place[] {
    return this.of(this.mode);
  }

  of(mode: Mode): Place[] {
    return this.places.filter((place) => place.kind === mode);
  }

  byId(id: string): Place | undefined {
    return this.places.find((place) => place.id === id);
  }

  isChosen(id: string): boolean {
    return this.ids.includes(id);
  }

  toggle(id: string): void {
    const chosen = this.isChosen(id);
    this.chosen = chosen
      ? this.chosen.filter((one) => one !== id)
      : [...new Set([...this.chosen, id])];
    this.mode = this.byId(id)?.kind ?? this.mode;
    this.changed();
  }

  setMode(mode: Mode): void {
    this.mode = mode;
    this.changed();
  }

  set(chosen: string[], mode: Mode): void {
    this.chosen = chosen.filter((id) => this.byId(id));
    this.mode = mode;
    this.changed();
  }

  add(place: Place): void {
    this.places = [...this.places, place].sort((a, b) => a.name.localeCompare(b.name));
    this.chosen = [...this.chosen, place.id];
    this.mode = place.kind;
    this.changed();
  }

  /** What hinders a launch, if anything. */
  get blocker(): string | null {
    if (this.whole || this.ids.length > 0) return null;
    return `Choose ${this.mode === "area" ? "an area" : "a unit"}, or the whole imagery.`;
  }

  get words(): string {
    if (this.whole) return "the whole imagery of the selected scenes";
    const { ids, mode } = this;
    const km2 = ids.reduce((sum, id) => sum + (this.byId(id)?.km2 ?? 0), 0);
    const jobs = mode === "area" && ids.length > 1 ? `, ${ids.length} jobs` : "";
    const together = mode === "unit" && ids.length > 1 ? ", one job" : "";
    return `${mode}${ids.length === 1 ? "" : "s"} · ${areaText(km2)}${jobs}${together}`;
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** One body a job: one for each area, one for all units, one without either. */
export function bodiesOf(
  body: Record<string, unknown>,
  { mode, ids }: Reach,
): Record<string, unknown>[] {
  if (mode === "area" && ids.length) return ids.map((aoi) => ({ ...body, aoi }));
  return [mode === "unit" && ids.length ? { ...body, units: ids } : body];
}

/** The commands that would launch the same on the server. */
export function commandsOf(body: Record<string, unknown>, slug: string, reach: Reach): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const parameters = quoted(JSON.stringify(body.parameters ?? {}));
  const line = `python manage.py run_job ${String(body.workflow)} --project ${slug} \\\n  --parameters ${parameters}`;
  return bodiesOf({}, reach)
    .map(({ aoi, units }) => {
      if (aoi) return `${line} \\\n  --aoi ${String(aoi)} --wait`;
      if (Array.isArray(units)) return `${line} \\\n  --units ${units.join(" ")} --wait`;
      return `${line} --wait`;
    })
    .join("\n\n");
}
