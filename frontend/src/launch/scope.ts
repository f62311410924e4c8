/** Where a launch works: the whole imagery, or areas, one job each. No DOM here. */

import { area as areaText } from "../ui/format";

export interface Area {
  id: string;
  name: string;
  km2: number;
}

export class Scope {
  private readonly listeners: (() => void)[] = [];

  constructor(
    public areas: Area[],
    private chosen: string[],
    public whole: boolean,
  ) {
    this.chosen = chosen.filter((id) => this.byId(id));
  }

  /** The areas a launch has a job for; none means the whole imagery. */
  get ids(): string[] {
    return this.whole ? [] : this.chosen;
  }

  get kept(): string[] {
    return this.chosen;
  }

  byId(id: string): Area | undefined {
    return this.areas.find((area) => area.id === id);
  }

  isChosen(id: string): boolean {
    return !this.whole && this.chosen.includes(id);
  }

  toggle(id: string): void {
    const chosen = this.isChosen(id);
    this.chosen = chosen ? this.chosen.filter((one) => one !== id) : [...this.chosen, id];
    this.whole = false;
    this.changed();
  }

  setWhole(whole: boolean): void {
    this.whole = whole;
    this.changed();
  }

  set(chosen: string[], whole: boolean): void {
    this.chosen = chosen.filter((id) => this.byId(id));
    this.whole = whole;
    this.changed();
  }

  add(area: Area): void {
    this.areas = [...this.areas, area].sort((a, b) => a.name.localeCompare(b.name));
    this.chosen = [...this.chosen, area.id];
    this.whole = false;
    this.changed();
  }

  /** What hinders a launch, if anything. */
  get blocker(): string | null {
    return !this.whole && this.chosen.length === 0 ? "Choose an area, or the whole imagery." : null;
  }

  get words(): string {
    if (this.whole) return "the whole imagery of the selected scenes";
    const km2 = this.chosen.reduce((sum, id) => sum + (this.byId(id)?.km2 ?? 0), 0);
    const jobs = this.chosen.length > 1 ? `, ${this.chosen.length} jobs` : "";
    return `${this.chosen.length === 1 ? "area" : "areas"} · ${areaText(km2)}${jobs}`;
  }

  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  private changed(): void {
    for (const listener of this.listeners) listener();
  }
}

/** One body a job: the areas, or the one body without an area. */
export function bodiesOf(
  body: Record<string, unknown>,
  areas: string[],
): Record<string, unknown>[] {
  return areas.length ? areas.map((aoi) => ({ ...body, aoi })) : [body];
}

/** The commands that would launch the same on the server. */
export function commandsOf(body: Record<string, unknown>, slug: string, areas: string[]): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const parameters = quoted(JSON.stringify(body.parameters ?? {}));
  const line = `python manage.py run_job ${String(body.workflow)} --project ${slug} \\\n  --parameters ${parameters}`;
  if (!areas.length) return `${line} --wait`;
  return areas.map((id) => `${line} \\\n  --aoi ${id} --wait`).join("\n\n");
}
