import { ApiError, deleteJson, getJson, type Problem, patchJson, postJson } from "../api/client";
import type { Operation } from "./history";
import type { Row } from "./model";
import type { Item, Saved } from "./queue";

export const SAMPLES = "/api/v1/samples/";

interface Feature {
  id: string;
  properties: { revision: number };
}

export interface Balance {
  revision: number;
  count: number;
  labels: boolean;
  bbox: [number, number, number, number] | null;
  classes: {
    class_code: number | null;
    count: number;
    statuses: Count[];
    regions: Count[];
  }[];
  statuses: Count[];
  regions: Count[];
  sources: Count[];
}

export interface Count {
  name: string | null;
  count: number;
}

export interface Page {
  count: number;
  revision: number;
  results: Row[];
}

export interface Revision {
  revision: number;
  action: string;
  created_at: string;
  actor: string | null;
  state: { geometry: unknown; properties: Record<string, unknown> };
}

const flat = (operation: Operation): object => {
  if (operation.kind === "create") return operation.values;
  return operation.kind === "change" ? operation.after : {};
};

const revisionsOf = (features: Feature[]): Saved => ({
  revisions: Object.fromEntries(features.map((row) => [row.id, row.properties.revision])),
  names: {},
});

async function create(setId: string, item: Item): Promise<Saved> {
  const [operation] = item.operations;
  const { geometry, ...values } = flat(operation as Operation) as Record<string, unknown>;
  const properties = { sample_set: setId, source: "drawn", ...values };
  const body = { type: "Feature", geometry, properties };
  const made = await postJson<Feature>(SAMPLES, body, { "Idempotency-Key": item.key });
  return {
    revisions: { [made.id]: made.properties.revision },
    names: { [(operation as Operation).id]: made.id },
  };
}

async function change(item: Item, bases: [string, number][]): Promise<Saved> {
  const [first] = item.operations;
  const key = { "Idempotency-Key": item.key };
  if (item.operations.length === 1 && first) {
    const { geometry, ...properties } = flat(first) as Record<string, unknown>;
    const body = { properties, ...(geometry ? { geometry } : {}) };
    const headers = { ...key, "If-Match": `"${bases[0]?.[1]}"` };
    return revisionsOf([await patchJson<Feature>(`${SAMPLES}${first.id}/`, body, headers)]);
  }
  const at = new Map(bases);
  const samples = item.operations.map((row) => ({
    id: row.id,
    revision: at.get(row.id),
    ...flat(row),
  }));
  const answer = await patchJson<{ features: Feature[] }>(SAMPLES, { samples }, key);
  return revisionsOf(answer.features);
}

async function remove(item: Item, bases: [string, number][]): Promise<Saved> {
  const key = { "Idempotency-Key": item.key };
  const [first] = bases;
  if (bases.length === 1 && first) {
    const [id, revision] = first;
    await deleteJson(`${SAMPLES}${id}/`, { ...key, "If-Match": `"${revision}"` });
    return { revisions: { [id]: revision + 1 }, names: {} };
  }
  const samples = bases.map(([id, revision]) => ({ id, revision }));
  const answer = await postJson<{ samples: { id: string; revision: number }[] }>(
    `${SAMPLES}delete/`,
    { samples },
    key,
  );
  const revisions = Object.fromEntries(answer.samples.map((row) => [row.id, row.revision]));
  return { revisions, names: {} };
}

async function restore(item: Item, bases: [string, number][]): Promise<Saved> {
  const samples = bases.map(([id, revision]) => ({ id, revision }));
  const answer = await postJson<{ features: Feature[] }>(
    `${SAMPLES}restore/`,
    { samples },
    { "Idempotency-Key": item.key },
  );
  return revisionsOf(answer.features);
}

/** Sends one call of the queue. */
export function sendItem(setId: string, item: Item): Promise<Saved> {
  const bases = item.operations.map((row): [string, number] => [row.id, item.bases[row.id] ?? 0]);
  switch (item.operations[0]?.kind) {
    case "create":
      return create(setId, item);
    case "delete":
      return remove(item, bases);
    case "restore":
      return restore(item, bases);
    default:
      return change(item, bases);
  }
}

export const problemOf = (error: unknown): Problem | null =>
  error instanceof ApiError ? error.problem : null;

/** The reads of one set. */
export class SetReads {
  readonly home: string;

  constructor(setId: string) {
    this.home = `/api/v1/sample-sets/${setId}/`;
  }

  page(asked: URLSearchParams, signal?: AbortSignal): Promise<Page> {
    return getJson<Page>(`${this.home}rows/?${asked}`, signal);
  }

  /** Samples by id with their shapes; deleted ones are missing from the answer. */
  async byId(ids: readonly string[]): Promise<Row[]> {
    const found: Row[] = [];
    for (let n = 0; n < ids.length; n += 100) {
      const asked = ids.slice(n, n + 100).join(",");
      found.push(...(await getJson<Page>(`${this.home}rows/?ids=${asked}`)).results);
    }
    return found;
  }

  balance(asked: URLSearchParams): Promise<Balance> {
    return getJson<Balance>(`${this.home}balance/?${asked}`);
  }

  async history(id: string): Promise<Revision[]> {
    const url = `${SAMPLES}${id}/history/?page_size=500`;
    return (await getJson<{ results: Revision[] }>(url)).results;
  }
}
