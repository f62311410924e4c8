import { ApiError } from "../api/client";
import { byId, element, icon } from "../ui/dom";
import type { SetReads } from "./calls";
import * as filter from "./filters";
import type { ClassEntry } from "./model";
import { drawBalance, drawProblem } from "./side";
import type { SampleStore } from "./store";
import type { SamplesTable } from "./table";

const COUNTS_MS = 800;

export interface ListingOptions {
  reads: SetReads;
  table: SamplesTable;
  store: SampleStore;
  isPending(id: string): boolean;
  classes: readonly ClassEntry[];
  mayEdit: boolean;
  filters(): filter.Filters;
  bbox(): string;
  filter(part: Partial<filter.Filters>): void;
  clear(): void;
  drawn(): void;
}

/** Fetches the page of the table and the balance, and says what is missing. */
export class Listing {
  total: number | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asking: AbortController | null = null;

  constructor(private readonly options: ListingOptions) {}

  now(): void {
    void this.rows();
    void this.balance();
  }

  /** Numbers follow edits a little later, once for many of them. */
  later(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), COUNTS_MS);
  }

  private async rows(): Promise<void> {
    const { reads, store, isPending, filters, bbox, drawn } = this.options;
    this.asking?.abort();
    const mine = new AbortController();
    this.asking = mine;
    const asked = filter.askedOf(filters(), bbox());
    asked.set("ordering", filters().ordering);
    asked.set("page", String(filters().page));
    asked.set("page_size", String(filter.PAGE_SIZE));
    try {
      const page = await reads.page(asked, mine.signal);
      this.total = page.count;
      store.page(page.results, isPending);
      this.explain();
      drawn();
    } catch (error) {
      if (error instanceof ApiError) this.failed(error);
      else if (!mine.signal.aborted) throw error;
    }
  }

  private async balance(): Promise<void> {
    const { reads, classes, filters, bbox, filter: change } = this.options;
    const host = byId("balance");
    try {
      const balance = await reads.balance(filter.askedOf(filters(), bbox()));
      drawBalance(host, { balance, filters: filters(), classes, change });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      drawProblem(host, error.message, () => void this.balance());
    }
  }

  private failed(error: ApiError): void {
    if (error.problem.status === 404 && this.options.filters().page > 1) {
      this.options.filter({ page: 1 });
      return;
    }
    const retry = element("button", { class: "button small", type: "button" }, "Try again");
    retry.addEventListener("click", () => void this.rows());
    const words = element("span", {}, error.message);
    this.options.table.say(element("p", { class: "notice failed" }, icon("failed"), words), retry);
  }

  private explain(): void {
    const { table, mayEdit, filters, clear } = this.options;
    if (this.total) {
      table.say();
      return;
    }
    const filtered = filter.isFiltered(filters());
    const words = filtered ? "No sample fits the filters." : "No sample in this set yet.";
    const more = filtered
      ? "Take a filter away to see more."
      : mayEdit
        ? "Draw points or polygons on the map, or import a file."
        : "Somebody who may edit will add some.";
    const parts: HTMLElement[] = [element("strong", {}, words), element("p", {}, more)];
    if (filtered) {
      const button = element("button", { class: "button", type: "button" }, "Clear filters");
      button.addEventListener("click", clear);
      parts.push(button);
    }
    table.say(element("div", { class: "empty" }, ...parts));
  }
}
