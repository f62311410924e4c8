/** What the page shows, as pure state that an address can hold. */
export interface Filters {
  classes: string[];
  statuses: string[];
  sources: string[];
  regions: string[];
  text: string;
  /** Only what the map's window shows. */
  inWindow: boolean;
  ordering: string;
  page: number;
}

export const NO_FILTERS: Filters = {
  classes: [],
  statuses: [],
  sources: [],
  regions: [],
  text: "",
  inWindow: false,
  ordering: "created_at",
  page: 1,
};
/** The value that asks for samples without one. */
export const NONE = "-";
export const PAGE_SIZE = 100;

const LISTS = [
  ["class", "classes"],
  ["status", "statuses"],
  ["source", "sources"],
  ["region", "regions"],
] as const;

const parts = (text: string | null): string[] => (text ?? "").split(",").filter(Boolean);

export function filtersOf(query: URLSearchParams): Filters {
  const page = Number(query.get("page") ?? "1");
  return {
    classes: parts(query.get("class")),
    statuses: parts(query.get("status")),
    sources: parts(query.get("source")),
    regions: parts(query.get("region")),
    text: query.get("q") ?? "",
    inWindow: query.get("window") === "1",
    ordering: query.get("ordering") ?? NO_FILTERS.ordering,
    page: Number.isInteger(page) && page > 0 ? page : 1,
  };
}

/** The parts of the address that hold the filters; null takes a part out. */
export function addressOf(filters: Filters): Record<string, string | null> {
  const { text, inWindow, ordering, page } = filters;
  return {
    ...Object.fromEntries(LISTS.map(([name, field]) => [name, filters[field].join(",") || null])),
    q: text || null,
    window: inWindow ? "1" : null,
    ordering: ordering === NO_FILTERS.ordering ? null : ordering,
    page: page > 1 ? String(page) : null,
  };
}

/** What the API is asked, but for pages and order: the same for rows, balance and tiles. */
export function askedOf(filters: Filters, bbox: string | null = null): URLSearchParams {
  const query = new URLSearchParams();
  for (const [name, field] of LISTS) {
    if (filters[field].length) query.set(name, filters[field].join(","));
  }
  if (filters.text) query.set("q", filters.text);
  if (bbox && filters.inWindow) query.set("bbox", bbox);
  return query;
}

export function isFiltered(filters: Filters): boolean {
  return askedOf(filters).size > 0 || filters.inWindow;
}

/** Any change but of the page leads to the first page. */
export function changed(filters: Filters, change: Partial<Filters>): Filters {
  return { ...filters, page: 1, ...change };
}

export function flipped(list: readonly string[], value: string): string[] {
  return list.includes(value) ? list.filter((item) => item !== value) : [...list, value];
}

export function ordered(filters: Filters, column: string): Filters {
  const down = filters.ordering === column;
  return changed(filters, { ordering: down ? `-${column}` : column });
}
