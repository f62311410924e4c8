import { getJson, patchJson } from "../api/client";
import { PAGE_SIZE } from "./list";
import type { Change } from "./marks";
import { queryOf, type Search } from "./search";
import { NO_TICKS } from "./ticks";
import type {
  Calendar,
  Footprints,
  FormerState,
  SceneFeature,
  ScenePage,
  Ticks,
  Totals,
} from "./types";

const PATH = "/api/v1/catalog/scenes/";

export interface Found {
  totals: Totals;
  ticks: Ticks;
  footprints: Footprints;
}

/** The calls of the screen; a newer one of a kind ends the older. */
export class CatalogueStore {
  private readonly running = new Map<string, AbortController>();

  constructor(readonly project: string) {}

  /** Runs the newest call of a kind; null when a newer one took its place. */
  private async newest<T>(
    kind: string,
    run: (signal: AbortSignal) => Promise<T>,
  ): Promise<T | null> {
    this.running.get(kind)?.abort();
    const mine = new AbortController();
    this.running.set(kind, mine);
    try {
      const answer = await run(mine.signal);
      return this.running.get(kind) === mine ? answer : null;
    } catch (error) {
      if (mine.signal.aborted) return null;
      throw error;
    }
  }

  list(search: Search, page: number): Promise<ScenePage | null> {
    const query = `${queryOf(search, this.project)}&page=${page}&page_size=${PAGE_SIZE}`;
    return this.newest("list", (signal) => getJson<ScenePage>(`${PATH}?${query}`, signal));
  }

  totals(search: Search): Promise<Totals | null> {
    const query = `${queryOf(search, this.project)}&ticks=0`;
    return this.newest("totals", (signal) => getJson<Totals>(`${PATH}overview/?${query}`, signal));
  }

  /** All dates: the strip shows what lies outside the period too. */
  async ticks(search: Search): Promise<Ticks | null> {
    const query = queryOf(search, this.project, "datetime");
    const answer = await this.newest("ticks", (signal) =>
      getJson<{ ticks?: Ticks }>(`${PATH}overview/?${query}`, signal),
    );
    return answer && (answer.ticks ?? NO_TICKS);
  }

  footprints(search: Search): Promise<Footprints | null> {
    const query = queryOf(search, this.project);
    return this.newest("footprints", (signal) =>
      getJson<Footprints>(`${PATH}footprints/?${query}`, signal),
    );
  }

  calendar(search: Search): Promise<Calendar | null> {
    const query = queryOf(search, this.project, "datetime");
    return this.newest("calendar", (signal) =>
      getJson<Calendar>(`${PATH}calendar/?${query}`, signal),
    );
  }

  scene(id: string): Promise<SceneFeature | null> {
    return this.newest("scene", (signal) => getJson<SceneFeature>(`${PATH}${id}/`, signal));
  }

  async change({ scenes, included, reason }: Change): Promise<FormerState[]> {
    const body = { project: this.project, scenes, included, reason };
    const answer = await patchJson<{ changed: FormerState[] }>(PATH, body);
    return answer.changed;
  }
}
