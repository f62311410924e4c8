/**
 * What a person does to a set, without page or map: filters, selection, edits that show at once
 * and are saved behind, undo and redo, and the news of others.
 */
import type { Geometry } from "geojson";
import type { Problem } from "../api/client";
import type { StreamMessage } from "../jobs/socket";
import { problemOf, type SetReads, sendItem } from "./calls";
import * as past from "./history";
import type { ClassEntry, Row, Stale, Status, Values } from "./model";
import { type Buffer, type Item, SaveQueue } from "./queue";
import * as chosen from "./selection";
import { SampleStore } from "./store";

export type Choice = "theirs" | "mine";

export interface Clash {
  id: string;
  /** What the person wanted; null: the sample was to be deleted. */
  mine: Values | null;
  /** What the sample is now; null: somebody deleted it. */
  theirs: Row | null;
}

export interface EditorEvents {
  /** Something to be drawn has changed. */
  changed(): void;
  /** Numbers and order of the set may have changed. */
  counts(): void;
  saving(waiting: number, failing: boolean): void;
  said(text: string, undo: boolean): void;
  refused(problem: Problem): void;
  clash(clashes: Clash[]): Promise<Choice>;
}

export interface EditorOptions {
  setId: string;
  user: string;
  classes: readonly ClassEntry[];
  mayEdit: boolean;
  reads: SetReads;
  buffer: Buffer;
  events: EditorEvents;
}

const NEWS_MS = 250;

export class Editor {
  readonly store = new SampleStore();
  readonly queue: SaveQueue;
  selection = chosen.NOTHING;
  history = past.EMPTY;
  private readonly names = new Map<string, string>();
  private readonly news = new Set<string>();
  private newsTimer: ReturnType<typeof setTimeout> | undefined;
  private dialogs: Promise<void> = Promise.resolve();

  constructor(private readonly options: EditorOptions) {
    const { setId, buffer, events } = options;
    this.queue = new SaveQueue({
      send: (item) => sendItem(setId, item),
      problemOf,
      buffer,
      onCount: (waiting, failing) => events.saving(waiting, failing),
      onSaved: (item, saved) => {
        for (const [from, to] of Object.entries(saved.names)) this.rename(from, to);
        this.store.saved(saved.revisions, options.user, new Date().toISOString());
        events.changed();
        if (item.operations.some((row) => row.kind !== "change") || !this.queue.waiting) {
          events.counts();
        }
      },
      onConflict: (lost, problem) => this.later(() => this.conflict(lost, problem)),
      onRefused: (lost, problem) => this.later(() => this.refuse(lost, problem)),
    });
  }

  get mayEdit(): boolean {
    return this.options.mayEdit;
  }

  readonly isPending = (id: string): boolean => this.queue.has(id);

  /** Shows and sends what an earlier page could not save. */
  async resume(): Promise<void> {
    const left = this.queue.pending.flatMap((item) => item.operations);
    if (!left.length) return;
    const known = left.filter((row) => row.kind !== "create").map((row) => row.id);
    for (const row of await this.options.reads.byId([...new Set(known)])) this.store.truth(row);
    for (const operation of left) this.store.apply(operation);
    this.options.events.changed();
    await this.queue.run();
  }

  select(selection: chosen.Selection): void {
    this.selection = selection;
    this.options.events.changed();
    void this.ensure([...selection.ids]).then((fresh) => fresh && this.options.events.changed());
  }

  selected(): Row[] {
    const rows = [...this.selection.ids].map((id) => this.store.get(id));
    return rows.filter((row) => row !== undefined && !row.deleted) as Row[];
  }

  /** Fetches samples that were picked on the map and are not on the table's page. */
  async ensure(ids: readonly string[], shapes = false): Promise<boolean> {
    const missing = ids.filter((id) => {
      const row = this.store.get(id);
      return !this.queue.has(id) && (!row || (shapes && !row.geometry));
    });
    if (!missing.length) return false;
    this.store.put(await this.options.reads.byId(missing), this.isPending);
    return true;
  }

  async setValues(values: Values, label: string): Promise<void> {
    await this.ensure([...this.selection.ids]);
    const operations = this.selected()
      .map((row): past.Operation => {
        const names = Object.keys(values) as (keyof Values)[];
        const before = Object.fromEntries(names.map((name) => [name, row[name]]));
        return { kind: "change", id: row.id, before, after: values };
      })
      .filter((row) => row.kind === "change" && !past.same(row.before, row.after));
    this.run({ label, operations });
  }

  setClass(entry: ClassEntry): Promise<void> {
    return this.setValues({ class_code: entry.code }, `Class ${entry.code} ${entry.name}`);
  }

  setStatus(status: Status): Promise<void> {
    return this.setValues({ status }, `Status ${status}`);
  }

  async remove(): Promise<void> {
    await this.ensure([...this.selection.ids]);
    const operations = this.selected().map(({ id }): past.Operation => ({ kind: "delete", id }));
    if (!operations.length) return;
    this.run({ label: "Delete", operations });
    this.selection = chosen.NOTHING;
    const many = operations.length === 1 ? "Sample" : `${operations.length} samples`;
    this.options.events.said(`${many} deleted.`, true);
    this.options.events.changed();
  }

  create(geometry: Geometry, code: number | null): string {
    const id = `new-${crypto.randomUUID()}`;
    const values: Values = { geometry, class_code: code };
    this.run({ label: "Draw", operations: [{ kind: "create", id, values }] });
    this.selection = chosen.only(id);
    this.options.events.changed();
    return id;
  }

  /** A point or a vertex was moved; `id` may be the one from before the first save. */
  reshape(id: string, before: Geometry, after: Geometry): void {
    const now = this.nameOf(id);
    const operation = { kind: "change" as const, id: now };
    this.run({
      label: "Move",
      operations: [{ ...operation, before: { geometry: before }, after: { geometry: after } }],
    });
  }

  undo(): void {
    this.move(past.undo(this.history), "Undone");
  }

  redo(): void {
    this.move(past.redo(this.history), "Redone");
  }

  nameOf(id: string): string {
    return this.names.get(id) ?? id;
  }

  /** A message of the set's stream; what this page wrote itself is known already. */
  heard(message: StreamMessage): void {
    const rows = (message.samples ?? []) as { id: string; revision: number; action: string }[];
    if (!rows.length) {
      this.options.events.counts();
      return;
    }
    for (const { id, revision } of rows) {
      const known = this.store.get(id);
      if (this.queue.has(id) || (known && known.revision >= revision)) continue;
      this.news.add(id);
    }
    if (!this.news.size || this.newsTimer) return;
    this.newsTimer = setTimeout(() => {
      this.newsTimer = undefined;
      void this.readNews();
    }, NEWS_MS);
  }

  private async readNews(): Promise<void> {
    const ids = [...this.news];
    this.news.clear();
    const rows = await this.options.reads.byId(ids).catch(() => null);
    if (!rows) return;
    this.store.put(rows, this.isPending, true);
    const found = new Set(rows.map((row) => row.id));
    const gone = new Set(ids.filter((id) => !found.has(id) && !this.queue.has(id)));
    this.store.gone(gone);
    this.selection = chosen.without(this.selection, gone);
    this.options.events.changed();
    this.options.events.counts();
  }

  private run(step: past.Step): void {
    if (!this.options.mayEdit || !step.operations.length) return;
    this.history = past.record(this.history, step);
    this.obey(step.operations);
  }

  private obey(operations: readonly past.Operation[]): void {
    const seen = new Map(operations.map(({ id }) => [id, this.store.get(id)?.revision ?? null]));
    for (const operation of operations) this.store.apply(operation);
    this.queue.add(operations, (id) => seen.get(id) ?? null);
    this.options.events.changed();
  }

  private move(move: past.Move | null, word: string): void {
    if (!move || !this.options.mayEdit) return;
    const { step } = move;
    const clashing = step.operations.filter((row) => past.mismatch(row, this.store.get(row.id)));
    this.history = move.history;
    const fine = step.operations.filter((row) => !clashing.includes(row));
    if (fine.length) {
      this.obey(fine);
      this.options.events.said(`${word}: ${step.label}.`, false);
    }
    const ids = fine.map((row) => row.id).filter((id) => !this.store.get(id)?.deleted);
    if (ids.length) this.selection = chosen.all(ids);
    if (clashing.length) this.later(() => this.settle(clashing));
    this.options.events.changed();
  }

  /** The server refused edits because others were first: say so, one dialog after the other. */
  private async conflict(lost: Item[], problem: Problem): Promise<void> {
    const operations = lost.flatMap((item) => item.operations);
    const ids = [...new Set(operations.map((row) => row.id))];
    const theirs = new Map((await this.options.reads.byId(ids)).map((row) => [row.id, row]));
    const named = new Set(((problem as { stale?: Stale[] }).stale ?? []).map((row) => row.id));
    const [first] = lost;
    const moved = ids.filter((id) => {
      const base = first?.bases[id];
      return (
        named.has(id) || !theirs.has(id) || (base != null && theirs.get(id)?.revision !== base)
      );
    });
    const stale = new Set(moved.length ? moved : ids);
    const fine = operations.filter((row) => !stale.has(row.id));
    if (fine.length) this.queue.add(fine, (id) => first?.bases[id] ?? null);
    await this.settle(
      operations.filter((row) => stale.has(row.id)),
      theirs,
    );
  }

  /** Asks which side counts for operations that no longer fit, and does it. */
  private async settle(
    operations: readonly past.Operation[],
    known?: ReadonlyMap<string, Row>,
  ): Promise<void> {
    const ids = [...new Set(operations.map((row) => row.id))];
    const theirs =
      known ?? new Map((await this.options.reads.byId(ids)).map((row) => [row.id, row]));
    const clashes = ids.map((id) => ({
      id,
      mine: mineOf(operations.filter((row) => row.id === id)),
      theirs: theirs.get(id) ?? null,
    }));
    for (const { id, theirs: row } of clashes) {
      if (row) this.store.truth(row);
      else this.store.gone([id]);
    }
    this.history = past.forget(this.history, ids);
    this.options.events.changed();
    const choice = await this.options.events.clash(clashes);
    if (choice === "mine") this.run({ label: "Apply again", operations: clashes.flatMap(again) });
    this.options.events.counts();
  }

  private async refuse(lost: Item[], problem: Problem): Promise<void> {
    const ids = [...new Set(lost.flatMap((item) => item.operations.map((row) => row.id)))];
    const theirs = await this.options.reads.byId(ids.filter((id) => !id.startsWith("new-")));
    for (const row of theirs) this.store.truth(row);
    const found = new Set(theirs.map((row) => row.id));
    const gone = ids.filter((id) => !found.has(id));
    this.store.gone(gone);
    this.selection = chosen.without(this.selection, new Set(gone));
    this.history = past.forget(this.history, ids);
    this.options.events.refused(problem);
    this.options.events.changed();
  }

  private later(act: () => Promise<void>): void {
    this.dialogs = this.dialogs.then(act).catch((error: unknown) => {
      const problem = problemOf(error);
      if (problem) this.options.events.refused(problem);
      else throw error;
    });
  }

  private rename(from: string, to: string): void {
    this.names.set(from, to);
    this.store.rename(from, to);
    this.history = past.rename(this.history, from, to);
    this.selection = chosen.renamed(this.selection, from, to);
  }
}

/** What operations on one sample come to: the values asked for, or null for a deletion. */
export function mineOf(operations: readonly past.Operation[]): Values | null {
  if (operations.at(-1)?.kind === "delete") return null;
  return Object.assign(
    {},
    ...operations.map((row) =>
      row.kind === "change" ? row.after : row.kind === "create" ? row.values : {},
    ),
  ) as Values;
}

function again({ id, mine, theirs }: Clash): past.Operation[] {
  if (!theirs) return [];
  if (mine === null) return [{ kind: "delete", id }];
  const names = Object.keys(mine) as (keyof Values)[];
  const before = Object.fromEntries(names.map((name) => [name, theirs[name]])) as Values;
  return names.length ? [{ kind: "change", id, before, after: mine }] : [];
}
