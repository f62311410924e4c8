import type { Point, Polygon } from "geojson";

export type Status = "open" | "in_progress" | "resolved" | "dismissed";
export type Severity = "note" | "minor" | "major";

export interface Person {
  id: string;
  username: string;
  name: string;
}

export interface Remark {
  id: string;
  geometry: Point | Polygon;
  properties: {
    number: number;
    text: string;
    status: Status;
    severity: Severity;
    layer: string | null;
    layer_name: string | null;
    release: number | null;
    assignee: Person | null;
    due: string | null;
    created_by: Person | null;
    created_at: string;
    changed_at: string;
    revision: number;
  };
}

export interface RemarkEvent {
  id: string;
  at: string;
  kind: "created" | "changed" | "commented" | "deleted";
  actor: Person | null;
  comment: string;
  changes: Record<string, [unknown, unknown]>;
}

export const STATUS: Record<Status, { word: string; tone: string }> = {
  open: { word: "Open", tone: "attention" },
  in_progress: { word: "In progress", tone: "running" },
  resolved: { word: "Resolved", tone: "good" },
  dismissed: { word: "Dismissed", tone: "waiting" },
};

export const SEVERITY: Record<Severity, string> = { note: "Note", minor: "Minor", major: "Major" };

export type Filter = "unresolved" | "mine" | "closed" | "all";
export const FILTERS: Record<Filter, string> = {
  unresolved: "Unresolved",
  mine: "Assigned to me",
  closed: "Closed",
  all: "All",
};

/** The address of a list; `mine` means unresolved ones of the reader. */
export function listAddress(project: string, filter: Filter): string {
  const query = new URLSearchParams({ project, page_size: "500" });
  if (filter === "mine") query.set("assignee", "me");
  if (filter !== "all") query.set("status", filter === "closed" ? "closed" : "unresolved");
  return `/api/v1/remarks/?${query}`;
}

/** Near enough to see single pixels of a map around a remark. */
export const CLOSE_ZOOM = 15;

/** A point of a remark to move to: its own, or the middle of its polygon's box. */
export function placeOf({ geometry }: Remark): { lat: number; lon: number } {
  if (geometry.type === "Point") {
    const [lon = 0, lat = 0] = geometry.coordinates;
    return { lon, lat };
  }
  const ring = geometry.coordinates[0] ?? [];
  const xs = ring.map((at) => at[0] ?? 0);
  const ys = ring.map((at) => at[1] ?? 0);
  return {
    lon: (Math.min(...xs) + Math.max(...xs)) / 2,
    lat: (Math.min(...ys) + Math.max(...ys)) / 2,
  };
}

const FIELD: Record<string, string> = {
  status: "status",
  severity: "severity",
  assignee: "assignee",
  due: "due date",
  text: "text",
  layer: "layer",
  geometry: "place",
};

const told = (field: string, value: unknown): string => {
  if (value === null || value === "") return "nothing";
  if (field === "status") return STATUS[value as Status]?.word ?? String(value);
  if (field === "severity") return SEVERITY[value as Severity] ?? String(value);
  return String(value);
};

/** One step of the history as a sentence without its person. */
export function eventText(event: RemarkEvent): string {
  if (event.kind === "created") return "made this remark";
  if (event.kind === "deleted") return "deleted it";
  const parts = Object.entries(event.changes).map(([field, [before, after]]) =>
    ["text", "geometry", "layer"].includes(field)
      ? `changed the ${FIELD[field]}`
      : `changed the ${FIELD[field] ?? field} from ${told(field, before)} to ${told(field, after)}`,
  );
  return parts.length ? parts.join(", ") : "commented";
}

export function isLate({ properties }: Remark, today: string): boolean {
  const waits = properties.status === "open" || properties.status === "in_progress";
  return waits && properties.due !== null && properties.due < today;
}
