import { type Command, ranked } from "../ui/palette";
import type { ShellData } from "./data";

/** A line of the palette: a place to go, or something to do. */
export type Offer = Command;

/** Answer of `search/`. */
export interface Hit {
  kind: string;
  name: string;
  hint: string;
  url: string;
}

const KIND_ICONS: Record<string, string> = {
  layer: "map",
  model: "models",
  "sample set": "samples",
  "feature set": "features",
  area: "samples",
  job: "jobs",
  scene: "scenes",
};

/** The places the shell knows, in the order in which they are offered. */
export function placesOf(data: ShellData, go: (url: string) => void): Offer[] {
  const to = (group: string, label: string, url: string, more: Partial<Offer> = {}): Offer => ({
    group,
    label,
    run: () => go(url),
    ...more,
  });
  const here = data.project?.name ?? "";
  return [
    ...data.pages.map((page) =>
      to("Pages", page.word, page.url, { hint: here, ...(page.icon ? { icon: page.icon } : {}) }),
    ),
    ...data.launch.map((row) =>
      to("Actions", `${row.word}…`, row.url, { icon: "launch", words: "launch start run job" }),
    ),
    ...data.new.map((row) =>
      to("Actions", `${row.word}…`, row.url, { icon: row.icon ?? "plus", words: "make create" }),
    ),
    ...data.projects.map((row) =>
      to("Projects", row.name, row.url, { icon: "board", words: "switch project" }),
    ),
    to("Pages", "All projects", "/", { icon: "board" }),
    to("Help", "Documentation of the API", "/api/v1/docs/", { icon: "code", words: "help" }),
    to("Help", "Style guide", "/styleguide/", { icon: "board", words: "design components" }),
  ];
}

export function offerOfHit(hit: Hit, go: (url: string) => void): Offer {
  return {
    group: "Found in this project",
    label: hit.name,
    hint: [hit.kind, hit.hint].filter(Boolean).join(" · "),
    icon: KIND_ICONS[hit.kind] ?? "right",
    run: () => go(hit.url),
  };
}

/** What the palette lists: fitting commands and places first, then what the server found. */
export function listed(offers: readonly Offer[], found: readonly Offer[], query: string): Offer[] {
  const fitting = ranked(offers, query, query ? 12 : 40);
  const order: string[] = [];
  for (const { group } of fitting) if (!order.includes(group ?? "")) order.push(group ?? "");
  const grouped = order.flatMap((group) => fitting.filter((row) => (row.group ?? "") === group));
  return [...grouped, ...found];
}

/** The next line for an arrow key; it goes round at both ends. */
export function stepped(at: number, by: number, count: number): number {
  if (count === 0) return -1;
  return ((((at < 0 && by < 0 ? 0 : at) + by) % count) + count) % count;
}
