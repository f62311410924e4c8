/**
 * Undo and redo as pure state: a step is a list of operations, each with the operation that takes
 * it back. Nothing here knows the server, the page or the map.
 *
 * A created sample is taken back by deleting it, a deleted one by restoring it; a restored one is
 * never created twice. Operations are only sent from the state they were made for (`mismatch`) and
 * from the revision that was seen, so that taking something back never hides another person's edit.
 */
import { type Row, same, type Values } from "./model";

export { same };

export type Operation =
  | { kind: "create"; id: string; values: Values }
  | { kind: "change"; id: string; before: Values; after: Values }
  | { kind: "delete"; id: string }
  | { kind: "restore"; id: string };

export interface Step {
  label: string;
  operations: Operation[];
}

export interface History {
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
}

export const EMPTY: History = { done: [], undone: [] };
export const LONGEST = 200;

export function inverse(operation: Operation): Operation {
  switch (operation.kind) {
    case "change":
      return { ...operation, before: operation.after, after: operation.before };
    case "delete":
      return { kind: "restore", id: operation.id };
    default:
      return { kind: "delete", id: operation.id };
  }
}

/** The step that takes a step back: its operations inverted, last first. */
export function inverseStep(step: Step): Step {
  return { label: step.label, operations: [...step.operations].reverse().map(inverse) };
}

/** Notes a step that was just done; what was undone before it can no longer be redone. */
export function record(history: History, step: Step): History {
  if (step.operations.length === 0) return history;
  return { done: [...history.done, step].slice(-LONGEST), undone: [] };
}

export interface Move {
  history: History;
  /** What is to be done now. */
  step: Step;
}

export function undo(history: History): Move | null {
  const last = history.done.at(-1);
  if (!last) return null;
  const step = inverseStep(last);
  const moved = { done: history.done.slice(0, -1), undone: [...history.undone, step] };
  return { history: moved, step };
}

export function redo(history: History): Move | null {
  const last = history.undone.at(-1);
  if (!last) return null;
  const step = inverseStep(last);
  const moved = { done: [...history.done, step], undone: history.undone.slice(0, -1) };
  return { history: moved, step };
}

/** The sample got its id from the server: earlier steps shall find it. */
export function rename(history: History, from: string, to: string): History {
  const renamed = (steps: readonly Step[]): Step[] =>
    steps.map((step) => ({
      ...step,
      operations: step.operations.map((row) => (row.id === from ? { ...row, id: to } : row)),
    }));
  return { done: renamed(history.done), undone: renamed(history.undone) };
}

/** Steps no longer speak of these samples: others have moved them on. */
export function forget(history: History, ids: Iterable<string>): History {
  const gone = new Set(ids);
  const kept = (steps: readonly Step[]): Step[] =>
    steps
      .map((step) => ({ ...step, operations: step.operations.filter((row) => !gone.has(row.id)) }))
      .filter((step) => step.operations.length > 0);
  return { done: kept(history.done), undone: kept(history.undone) };
}

/** Why an operation no longer fits the sample as it is now; null when it does. */
export function mismatch(operation: Operation, row: Row | undefined): string | null {
  if (operation.kind === "create") return null;
  if (!row) return "The sample is not known any more.";
  if (operation.kind === "restore") return row.deleted ? null : "The sample is there again.";
  if (row.deleted) return "The sample was deleted.";
  if (operation.kind === "delete") return null;
  const names = Object.keys(operation.before) as (keyof Values)[];
  const moved = names.filter(
    (name) => known(row, name) && !same(row[name], operation.before[name]),
  );
  return moved.length ? `Its ${moved.map(word).join(" and ")} was changed meanwhile.` : null;
}

/** A shape is compared only where the row brings it. */
const known = (row: Row, name: keyof Values): boolean =>
  name !== "geometry" || row.geometry !== undefined;

const word = (name: keyof Values): string =>
  ({ class_code: "class", status: "status", geometry: "shape" })[name];

/** The sample as it is after an operation: shown at once, before the server has answered. */
export function applied(operation: Operation, row: Row): Row {
  switch (operation.kind) {
    case "change":
      return { ...row, ...operation.after };
    case "delete":
      return { ...row, deleted: true };
    case "restore":
      return { ...row, deleted: false };
    default:
      return { ...row, ...operation.values };
  }
}
