/** The search of the catalogue: read from an address, written to it, asked of the API. No DOM. */

export interface Search {
  /** An area of interest's id, `window` (what the map shows), or empty: everywhere. */
  where: string;
  /** west,south,east,north; only with `where` = window. */
  bbox: string;
  collections: string[];
  sensor: string;
  /** start/end as ISO days, `..` for an open end; empty: any time. */
  datetime: string;
  cloud: number | null;
  state: string;
  text: string;
}

export const NO_SEARCH: Search = {
  where: "",
  bbox: "",
  collections: [],
  sensor: "",
  datetime: "",
  cloud: null,
  state: "",
  text: "",
};

export const STATES: readonly [string, string][] = [
  ["", "All"],
  ["included", "In selections"],
  ["excluded", "Left out"],
  ["flagged", "Flagged"],
];

const BOX = /^-?[\d.]+(,-?[\d.]+){3}$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function searchOf(query: URLSearchParams): Search {
  const given = query.get("cloud");
  const cloud = given === null || given === "" ? null : Number(given);
  const bbox = BOX.test(query.get("bbox") ?? "") ? (query.get("bbox") ?? "") : "";
  const where = query.get("where") ?? "";
  return {
    where: where === "window" && !bbox ? "" : where,
    bbox: where === "window" ? bbox : "",
    collections: (query.get("collection") ?? "").split(",").filter(Boolean),
    sensor: query.get("sensor") ?? "",
    datetime: periodText(...periodOf(query.get("datetime") ?? "")),
    cloud: cloud !== null && cloud >= 0 && cloud <= 100 ? cloud : null,
    state: STATES.some(([value]) => value === query.get("state")) ? (query.get("state") ?? "") : "",
    text: query.get("q") ?? "",
  };
}

/** Parts of an address; null takes one away. */
export function addressOf(search: Search): Record<string, string | null> {
  return {
    where: search.where || null,
    bbox: search.where === "window" ? search.bbox || null : null,
    collection: search.collections.join(",") || null,
    sensor: search.sensor || null,
    datetime: search.datetime || null,
    cloud: search.cloud === null ? null : String(search.cloud),
    state: search.state || null,
    q: search.text || null,
  };
}

/** The API's query of a search; `without` leaves a filter out (the strip shows all dates). */
export function queryOf(
  search: Search,
  project: string,
  without: "datetime" | null = null,
): string {
  const query = new URLSearchParams({ project });
  const set = (name: string, value: string): void => {
    if (value) query.set(name, value);
  };
  if (search.where === "window") set("bbox", search.bbox);
  else set("aoi", search.where);
  set("collection", search.collections.join(","));
  set("sensor", search.sensor);
  if (without !== "datetime") set("datetime", search.datetime);
  if (search.cloud !== null) query.set("cloud_cover_max", String(search.cloud));
  set("state", search.state);
  set("text", search.text);
  return query.toString();
}

/** First and last day of a period, empty where it is open. */
export function periodOf(text: string): [string, string] {
  const [start = "", end = ""] = text.split("/");
  const day = (part: string): string => (DAY.test(part) ? part : "");
  return text.includes("/") ? [day(start), day(end)] : [day(start), day(start)];
}

export function periodText(start: string, end: string): string {
  if (!start && !end) return "";
  if (start && end && end < start) return `${end}/${start}`;
  return `${start || ".."}/${end || ".."}`;
}

/** What a workflow's form understands of a search; null when it must be frozen first. */
export function launchQuery(search: Search): string | null {
  if (search.where === "window" || search.sensor || search.text) return null;
  if (search.state === "excluded" || search.state === "flagged") return null;
  const query = new URLSearchParams();
  if (search.collections.length) query.set("collections", search.collections.join(","));
  if (search.datetime) query.set("datetime", search.datetime);
  if (search.cloud !== null) query.set("cloud_cover_max", String(search.cloud));
  if (search.where) query.set("aoi", search.where);
  return query.toString();
}

/** The body that freezes a search, or scenes picked by hand. */
export function freezeBody(
  search: Search,
  project: string,
  name: string,
  picked: readonly string[],
): Record<string, unknown> {
  const scenes: Record<string, unknown> = {};
  if (search.collections.length) scenes.collections = search.collections;
  if (search.datetime) scenes.datetime = search.datetime;
  if (search.cloud !== null) scenes.cloud_cover_max = search.cloud;
  const narrowing: Record<string, unknown> = {};
  if (search.sensor) narrowing.sensor = search.sensor;
  if (search.text) narrowing.text = search.text;
  if (search.where === "window") narrowing.bbox = search.bbox;
  if (picked.length) narrowing.scenes = [...picked];
  const aoi = search.where && search.where !== "window" ? search.where : null;
  return { project, name, scenes, narrowing, ...(aoi ? { aoi } : {}) };
}

/** The filters in words, for a summary. */
export function wordsOf(search: Search, nameOf: (aoi: string) => string): string[] {
  const words: string[] = [];
  if (search.where) words.push(search.where === "window" ? "map window" : nameOf(search.where));
  if (search.collections.length) words.push(search.collections.join(", "));
  if (search.sensor) words.push(search.sensor);
  if (search.datetime) words.push(search.datetime.replace("/", " to "));
  if (search.cloud !== null) words.push(`at most ${search.cloud} % cloud`);
  if (search.text) words.push(`“${search.text}”`);
  return words;
}
