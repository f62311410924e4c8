import { getJson } from "../../api/client";
import { type Filter, listAddress, type Remark } from "./model";

/** The remarks that panel and map share; whoever watches is told of each new list. */
export class Remarks {
  private rows: Remark[] = [];
  private readonly watchers = new Set<(rows: Remark[]) => void>();
  private asked = 0;
  filter: Filter = "unresolved";
  selected: string | null = null;

  constructor(private readonly project: string) {}

  all(): Remark[] {
    return this.rows;
  }

  find(id: string | null): Remark | undefined {
    return this.rows.find((row) => row.id === id);
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
    if (mine !== this.asked) return;
    this.rows = features;
    this.tell();
  }

  select(id: string | null): void {
    this.selected = id;
    this.tell();
  }

  private tell(): void {
    for (const call of this.watchers) call(this.rows);
  }
}
