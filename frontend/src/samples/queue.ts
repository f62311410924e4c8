/**
 * Edits on their way to the server, one at a time and in order. A call that may not have arrived
 * is sent again with the same key, which the server answers from its record; the list survives a
 * reload in a buffer. What somebody else has edited meanwhile is handed back, never overwritten.
 */
import type { Problem } from "../api/client";
import type { Operation } from "./history";

export interface Item {
  /** Sent as Idempotency-Key. */
  key: string;
  operations: Operation[];
  /** The revision each sample was seen at; null: as the item before leaves it. */
  bases: Record<string, number | null>;
}

export interface Saved {
  /** Revisions by the id that the server knows. */
  revisions: Record<string, number>;
  /** Ids of created samples: ours → the server's. */
  names: Record<string, string>;
}

export interface Buffer {
  read(): Item[];
  write(items: readonly Item[]): void;
}

export interface QueueOptions {
  send(item: Item): Promise<Saved>;
  /** The problem of a failed call; null when the error is not one of a call. */
  problemOf(error: unknown): Problem | null;
  buffer: Buffer;
  onCount(waiting: number, failing: boolean): void;
  onSaved(item: Item, saved: Saved): void;
  /** `lost`: the refused item and those behind it that build on it. */
  onConflict(lost: Item[], problem: Problem): void;
  onRefused(lost: Item[], problem: Problem): void;
  wait?(ms: number): Promise<void>;
  newKey?(): string;
}

const AGAIN = new Set([0, 401, 408, 425, 429, 500, 502, 503, 504]);
const STALE = new Set([404, 409, 412]);

export const mayPass = (status: number): boolean => AGAIN.has(status);

/** Wait before the n-th repetition: doubling from half a second to half a minute. */
export const pause = (tries: number): number => Math.min(30_000, 500 * 2 ** tries);

/** Neighbouring operations of one kind go in one call, which holds all of them or none. */
export function grouped(operations: readonly Operation[], most = 500): Operation[][] {
  const groups: Operation[][] = [];
  for (const row of operations) {
    const last = groups.at(-1);
    const fits =
      last?.[0]?.kind === row.kind &&
      row.kind !== "create" &&
      last.length < most &&
      !last.some((other) => other.id === row.id);
    if (fits) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

export function touches(item: Item, ids: ReadonlySet<string>): boolean {
  return item.operations.some((row) => ids.has(row.id));
}

const idsOf = (items: readonly Item[]): Set<string> =>
  new Set(items.flatMap((item) => item.operations.map((row) => row.id)));

export class SaveQueue {
  private items: Item[];
  private running: Promise<void> | null = null;
  private wake: (() => void) | null = null;

  constructor(private readonly options: QueueOptions) {
    this.items = options.buffer.read();
  }

  get waiting(): number {
    return this.items.reduce((sum, item) => sum + item.operations.length, 0);
  }

  get pending(): readonly Item[] {
    return this.items;
  }

  has(id: string): boolean {
    return this.items.some((item) => touches(item, new Set([id])));
  }

  /** Adds operations; `seen` tells at which revision each sample was shown to the person. */
  add(operations: readonly Operation[], seen: (id: string) => number | null): void {
    for (const group of grouped(operations)) {
      const bases = Object.fromEntries(
        group.map((row) => [row.id, this.has(row.id) ? null : seen(row.id)]),
      );
      const key = this.options.newKey?.() ?? crypto.randomUUID();
      this.items.push({ key, operations: group, bases });
    }
    this.changed();
    void this.run();
  }

  /** Sends what is waiting; the answer is kept when everything is saved or handed back. */
  run(): Promise<void> {
    this.wake?.();
    this.running ??= this.drain().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async drain(): Promise<void> {
    let tries = 0;
    while (this.items.length > 0) {
      const item = this.items[0] as Item;
      try {
        this.settle(item, await this.options.send(item));
        tries = 0;
      } catch (error) {
        const problem = this.options.problemOf(error);
        if (problem && mayPass(problem.status)) {
          this.options.onCount(this.waiting, true);
          await this.rest(pause(tries));
          tries += 1;
        } else {
          this.handBack(item, problem ?? lostWords(error));
        }
      }
    }
  }

  private rest(ms: number): Promise<void> {
    if (this.options.wait) return this.options.wait(ms);
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private settle(item: Item, saved: Saved): void {
    this.items.shift();
    for (const [from, to] of Object.entries(saved.names)) this.rename(from, to);
    for (const [id, revision] of Object.entries(saved.revisions)) {
      const next = this.items.find((later) => touches(later, new Set([id])));
      if (next && next.bases[id] === null) next.bases[id] = revision;
    }
    this.changed();
    this.options.onSaved(item, saved);
  }

  private rename(from: string, to: string): void {
    for (const item of this.items) {
      item.operations = item.operations.map((row) => (row.id === from ? { ...row, id: to } : row));
      if (from in item.bases) {
        item.bases[to] = item.bases[from] ?? null;
        delete item.bases[from];
      }
    }
  }

  private handBack(item: Item, problem: Problem): void {
    const lost: Item[] = [item];
    const kept: Item[] = [];
    for (const later of this.items.slice(1)) {
      (touches(later, idsOf(lost)) ? lost : kept).push(later);
    }
    this.items = kept;
    this.changed();
    if (STALE.has(problem.status)) this.options.onConflict(lost, problem);
    else this.options.onRefused(lost, problem);
  }

  private changed(): void {
    this.options.buffer.write(this.items);
    this.options.onCount(this.waiting, false);
  }
}

function lostWords(error: unknown): Problem {
  return { status: 400, title: "Not saved", detail: error instanceof Error ? error.message : "" };
}
