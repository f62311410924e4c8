import { beforeEach, describe, expect, it, vi } from "vitest";
import { ApiError, type Problem } from "../src/api/client";
import { LocalBuffer } from "../src/samples/buffer";
import type { Operation } from "../src/samples/history";
import { grouped, type Item, mayPass, pause, type Saved, SaveQueue } from "../src/samples/queue";

const recolour = (id: string, to = 2): Operation => ({
  kind: "change",
  id,
  before: { class_code: 1 },
  after: { class_code: to },
});
const failed = (status: number): ApiError => new ApiError({ status, title: "", detail: "no" });

interface Answers {
  list: (Saved | ApiError | Error)[];
}

function setUp(answers: Answers["list"], begun: Item[] = []) {
  const sent: Item[] = [];
  const written: number[] = [];
  const counts: [number, boolean][] = [];
  const onSaved = vi.fn();
  const onConflict = vi.fn();
  const onRefused = vi.fn();
  const queue = new SaveQueue({
    send: async (item) => {
      sent.push(structuredClone(item));
      const answer = answers.shift() ?? { revisions: {}, names: {} };
      if (answer instanceof Error) throw answer;
      return answer;
    },
    problemOf: (error) => (error instanceof ApiError ? error.problem : null),
    buffer: { read: () => begun, write: (items) => written.push(items.length) },
    onCount: (waiting, failing) => counts.push([waiting, failing]),
    onSaved,
    onConflict,
    onRefused,
    wait: async () => undefined,
    newKey: (() => {
      let n = 0;
      return () => `key-${++n}`;
    })(),
  });
  return { queue, sent, written, counts, onSaved, onConflict, onRefused };
}

describe("save queue", () => {
  it("sends a repeated call with the same key until it arrives", async () => {
    const saved = { revisions: { a: 2 }, names: {} };
    const { queue, sent, onSaved, counts } = setUp([failed(0), failed(503), saved]);
    queue.add([recolour("a")], () => 1);
    await queue.run();
    expect(sent.map((item) => item.key)).toEqual(["key-1", "key-1", "key-1"]);
    expect(onSaved).toHaveBeenCalledOnce();
    expect(counts).toContainEqual([1, true]);
    expect(queue.waiting).toBe(0);
  });

  it("builds the next edit of a sample on the revision of the one before", async () => {
    const { queue, sent } = setUp([
      { revisions: { a: 5 }, names: {} },
      { revisions: { a: 6 }, names: {} },
    ]);
    queue.add([recolour("a", 2)], () => 4);
    queue.add([recolour("a", 3)], () => 4);
    await queue.run();
    expect(sent.map((item) => item.bases)).toEqual([{ a: 4 }, { a: 5 }]);
  });

  it("keeps what the person saw although newer news came in", async () => {
    const { queue, sent } = setUp([failed(0), { revisions: { a: 5 }, names: {} }]);
    let seen = 4;
    queue.add([recolour("a")], () => seen);
    seen = 9;
    await queue.run();
    expect(sent.at(-1)?.bases).toEqual({ a: 4 });
  });

  it("uses the server's id for later edits of a created sample", async () => {
    const { queue, sent } = setUp([
      { revisions: { server: 1 }, names: { local: "server" } },
      { revisions: { server: 2 }, names: {} },
    ]);
    queue.add([{ kind: "create", id: "local", values: {} }], () => null);
    queue.add([recolour("local")], () => null);
    await queue.run();
    expect(sent[1]?.operations[0]?.id).toBe("server");
    expect(sent[1]?.bases).toEqual({ server: 1 });
  });

  it("hands a stale edit back with those that build on it, and goes on with the rest", async () => {
    const { queue, sent, onConflict } = setUp([failed(412)]);
    queue.add([recolour("a", 2)], () => 1);
    queue.add([recolour("b")], () => 1);
    queue.add([recolour("a", 3)], () => 1);
    await queue.run();
    const [lost, problem] = onConflict.mock.calls[0] as [Item[], Problem];
    expect(lost.map((item) => item.operations[0]?.id)).toEqual(["a", "a"]);
    expect(problem.status).toBe(412);
    expect(sent.map((item) => item.operations[0]?.id)).toEqual(["a", "b"]);
  });

  it("does not repeat what the server refuses", async () => {
    const { queue, sent, onRefused } = setUp([failed(400), new TypeError("bug")]);
    queue.add([recolour("a")], () => 1);
    await queue.run();
    queue.add([recolour("b")], () => 1);
    await queue.run();
    expect(sent).toHaveLength(2);
    expect(onRefused).toHaveBeenCalledTimes(2);
  });

  it("goes on with what an earlier page left", async () => {
    const left: Item = { key: "old", operations: [recolour("a")], bases: { a: 3 } };
    const { queue, sent, written } = setUp([], [left]);
    expect(queue.waiting).toBe(1);
    await queue.run();
    expect(sent[0]).toEqual(left);
    expect(written.at(-1)).toBe(0);
  });

  it("puts edits of one kind in one call, never two of one sample", () => {
    const groups = grouped([
      recolour("a"),
      recolour("b"),
      recolour("a"),
      { kind: "delete", id: "c" },
    ]);
    expect(groups.map((group) => group.length)).toEqual([2, 1, 1]);
    const created = (id: string): Operation => ({ kind: "create", id, values: {} });
    expect(grouped([created("a"), created("b")])).toHaveLength(2);
    expect(grouped([recolour("a"), recolour("b"), recolour("c")], 2)).toHaveLength(2);
  });

  it("waits longer each time, up to half a minute", () => {
    expect([0, 1, 20].map(pause)).toEqual([500, 1000, 30_000]);
    expect([0, 503, 412, 400].map(mayPass)).toEqual([true, true, false, false]);
  });
});

describe("buffer", () => {
  const item: Item = { key: "k", operations: [recolour("a")], bases: { a: 1 } };
  let now = 0;
  const place = { lists: localStorage, tab: sessionStorage, now: () => now };

  beforeEach(() => {
    localStorage.clear();
    sessionStorage.clear();
    now = 1_000_000;
  });

  it("survives a reload of its tab", () => {
    new LocalBuffer("set", place).write([item]);
    expect(new LocalBuffer("set", place).read()).toEqual([item]);
    new LocalBuffer("set", place).write([]);
    expect(localStorage.length).toBe(0);
  });

  it("leaves living tabs alone and takes over from those that are gone", () => {
    new LocalBuffer("set", place).write([item]);
    sessionStorage.clear();
    expect(new LocalBuffer("set", place).read()).toEqual([]);
    now += 60_000;
    sessionStorage.clear();
    expect(new LocalBuffer("other", place).read()).toEqual([]);
    expect(new LocalBuffer("set", place).read()).toEqual([item]);
  });

  it("begins anew with a broken list", () => {
    const buffer = new LocalBuffer("set", place);
    buffer.write([item]);
    localStorage.setItem(localStorage.key(0) as string, "{broken");
    expect(new LocalBuffer("set", place).read()).toEqual([]);
  });
});
