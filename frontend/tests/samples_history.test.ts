import { describe, expect, it } from "vitest";
import {
  applied,
  EMPTY,
  forget,
  type History,
  inverse,
  LONGEST,
  mismatch,
  type Operation,
  record,
  redo,
  rename,
  type Step,
  undo,
} from "../src/samples/history";
import type { Row, Values } from "../src/samples/model";

const change = (id: string, before: Values, after: Values): Operation => ({
  kind: "change",
  id,
  before,
  after,
});
const step = (...operations: Operation[]): Step => ({ label: "Edit", operations });
const row = (more: Partial<Row> = {}): Row => ({
  id: "a",
  class_code: 1,
  status: "new",
  confidence: "",
  source: "",
  group: "",
  external_id: "",
  region: null,
  revision: 1,
  kind: "Point",
  lon: 0,
  lat: 0,
  updated_at: "",
  updated_by: null,
  ...more,
});

/** A world that obeys operations as the server does. */
function world(start: Row[]): Map<string, Row> {
  return new Map(start.map((entry) => [entry.id, entry]));
}

function run(rows: Map<string, Row>, todo: Step): void {
  for (const operation of todo.operations) {
    const now = rows.get(operation.id) ?? row({ id: operation.id });
    expect(mismatch(operation, rows.get(operation.id))).toBeNull();
    rows.set(operation.id, applied(operation, now));
  }
}

const state = (rows: Map<string, Row>): string => JSON.stringify([...rows].sort());

describe("history", () => {
  it("takes steps back and does them again until nothing is left", () => {
    const rows = world([row(), row({ id: "b", class_code: 2 })]);
    const steps = [
      step(change("a", { class_code: 1 }, { class_code: 3 })),
      step(
        change("a", { status: "new" }, { status: "ok" }),
        change("b", { class_code: 2 }, { class_code: 3 }),
      ),
      step({ kind: "delete", id: "b" }),
    ];
    const states = [state(rows)];
    let history: History = EMPTY;
    for (const one of steps) {
      run(rows, one);
      history = record(history, one);
      states.push(state(rows));
    }
    for (let n = steps.length - 1; n >= 0; n -= 1) {
      const move = undo(history);
      history = move?.history as History;
      run(rows, move?.step as Step);
      // A restored sample says "deleted: false", which is the same as not saying it.
      expect(state(rows).replaceAll(',"deleted":false', "")).toBe(states[n]);
    }
    expect(undo(history)).toBeNull();
    for (let n = 1; n <= steps.length; n += 1) {
      const move = redo(history);
      history = move?.history as History;
      run(rows, move?.step as Step);
      expect(state(rows).replaceAll(',"deleted":false', "")).toBe(states[n]);
    }
    expect(redo(history)).toBeNull();
  });

  it("never creates a sample twice: redo restores it", () => {
    const create: Operation = { kind: "create", id: "x", values: { class_code: 1 } };
    const first = undo(record(EMPTY, step(create)));
    expect(first?.step.operations).toEqual([{ kind: "delete", id: "x" }]);
    const second = redo(first?.history as History);
    expect(second?.step.operations).toEqual([{ kind: "restore", id: "x" }]);
    const third = undo(second?.history as History);
    expect(third?.step.operations).toEqual([{ kind: "delete", id: "x" }]);
  });

  it("takes the operations of a step back in reverse order", () => {
    const one = change("a", { class_code: 1 }, { class_code: 2 });
    const two = change("a", { class_code: 2 }, { class_code: 3 });
    const move = undo(record(EMPTY, step(one, two)));
    expect(move?.step.operations).toEqual([inverse(two), inverse(one)]);
  });

  it("forgets what was undone once something new is done", () => {
    const done = record(EMPTY, step({ kind: "delete", id: "a" }));
    const back = undo(done)?.history as History;
    expect(back.undone).toHaveLength(1);
    expect(record(back, step({ kind: "delete", id: "b" })).undone).toHaveLength(0);
    expect(record(back, step())).toBe(back);
  });

  it("keeps a bounded number of steps", () => {
    let history: History = EMPTY;
    for (let n = 0; n < LONGEST + 5; n += 1) {
      history = record(history, step({ kind: "delete", id: String(n) }));
    }
    expect(history.done).toHaveLength(LONGEST);
    expect(history.done[0]?.operations[0]?.id).toBe("5");
  });

  it("finds a created sample under the server's id", () => {
    const history = record(EMPTY, step({ kind: "create", id: "mine", values: {} }));
    const move = undo(rename(history, "mine", "theirs"));
    expect(move?.step.operations).toEqual([{ kind: "delete", id: "theirs" }]);
  });

  it("drops samples that others moved on, and steps that are empty then", () => {
    const history = record(
      record(EMPTY, step({ kind: "delete", id: "a" })),
      step({ kind: "delete", id: "a" }, { kind: "delete", id: "b" }),
    );
    const kept = forget(history, ["a"]);
    expect(kept.done.map((one) => one.operations.map((entry) => entry.id))).toEqual([["b"]]);
  });
});

describe("mismatch", () => {
  const recolour = change("a", { class_code: 1 }, { class_code: 2 });

  it("lets an edit of another field pass and stops one of the same", () => {
    expect(mismatch(recolour, row({ status: "ok", revision: 9 }))).toBeNull();
    expect(mismatch(recolour, row({ class_code: 5 }))).toContain("class");
  });

  it("tells deleted, restored and unknown samples apart", () => {
    expect(mismatch(recolour, undefined)).toContain("not known");
    expect(mismatch(recolour, row({ deleted: true }))).toContain("deleted");
    expect(mismatch({ kind: "restore", id: "a" }, row())).toContain("there again");
    expect(mismatch({ kind: "restore", id: "a" }, row({ deleted: true }))).toBeNull();
    expect(mismatch({ kind: "delete", id: "a" }, row())).toBeNull();
    expect(mismatch({ kind: "create", id: "a", values: {} }, undefined)).toBeNull();
  });

  it("compares shapes only where they are known", () => {
    const at = (x: number) => ({ geometry: { type: "Point" as const, coordinates: [x, 0] } });
    const move = change("a", at(0), at(1));
    expect(mismatch(move, row())).toBeNull();
    expect(mismatch(move, row(at(0)))).toBeNull();
    expect(mismatch(move, row(at(2)))).toContain("shape");
  });
});
