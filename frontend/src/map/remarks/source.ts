import { ApiError, getJson } from "../../api/client";
import { type Filter, listAddress, type Remark } from "./model";

/** The remarks that panel and map share; whoever watches is told of each new list. */
export class Remarks {
  private rows: Remark[] = [];
  /** The selected one when the filter leaves it out: a link to it, or its status has changed. */
  private apart: Remark | null = null;
  private readonly watchers = new Set<(rows: Remark[]) => void>();
  private asked = 0;
  filter: Filter = "unresolved";
  selected: string | null = null;

  constructor(private readonly project: string) {}

  /** What the filter lets through. */
  all(): Remark[] {
    return this.rows;
  }

  /** What the map draws: the list, and the selected one whatever the filter. */
  drawn(): Remark[] {
    return this.apart ? [...this.rows, this.apart] : this.rows;
  }

  find(id: string | null): Remark | undefined {
    return this.drawn().find((row) => row.id === id);
  }

  watch(call: (rows: Remark[]) => void): void {
    this.watchers.add(call);
  }

  async load(): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    const { features } = await getJson<{ features: Remark[] }>(
      listAddress(this.project, this.filter),
    );
    const listed = features.some((row) => row.id === this.selected);
    const apart = this.selected && !listed ? await this.read(this.selected) : null;
    if (mine !== this.asked) return;
    this.rows = features;
    this.apart = apart;
    this.tell();
  }

  select(id: string | null): void {
    this.selected = id;
    if (this.apart?.id !== id) this.apart = null;
    this.tell();
  }

  /** Reads one; null when it was deleted, or never was. */
  private async read(id: string): Promise<Remark | null> {
    try {
      return await getJson<Remark>(`/api/v1/remarks/${encodeURIComponent(id)}/`);
    } catch (error) {
      if (error instanceof ApiError && error.problem.status === 404) return null;
      throw error;
    }
  }

  private tell(): void {
    for (const call of this.watchers) call(this.rows);
  }
}
