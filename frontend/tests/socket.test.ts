import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { arrival, backoff, type Snapshot, Stream, type StreamMessage } from "../src/jobs/socket";

const message = (seq: number, type = "counters"): StreamMessage => ({ type, seq });

class FakeSocket {
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  close(): void {
    this.readyState = 3;
    this.onclose?.();
  }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  send(row: StreamMessage): void {
    this.onmessage?.({ data: JSON.stringify(row) });
  }
}

describe("arrival", () => {
  it("applies the next, ignores the old, asks after a gap", () => {
    expect(arrival(4, message(5))).toBe("apply");
    expect(arrival(4, message(4))).toBe("ignore");
    expect(arrival(4, message(6))).toBe("gap");
  });

  it("finds a lost last message by the tick", () => {
    expect(arrival(4, message(4, "tick"))).toBe("ignore");
    expect(arrival(4, message(5, "tick"))).toBe("gap");
  });
});

describe("backoff", () => {
  it("doubles, stays under 30 s and spreads clients", () => {
    expect(backoff(0, () => 1)).toBe(500);
    expect(backoff(3, () => 1)).toBe(4000);
    expect(backoff(20, () => 1)).toBe(30_000);
    expect(backoff(3, () => 0)).toBe(2000);
  });
});

describe("Stream", () => {
  let sockets: FakeSocket[];
  let seen: number[];
  let log: StreamMessage[];
  let asked: number[];
  let resets: number;
  let stream: Stream;
  let answer: (since: number) => Snapshot;

  beforeEach(() => {
    vi.useFakeTimers();
    sockets = [];
    seen = [];
    log = [];
    asked = [];
    resets = 0;
    answer = (since) => ({ results: log.filter((row) => row.seq > since) });
    stream = new Stream({
      socketUrl: "ws://test/ws/jobs/1/",
      fetchSince: async (seq) => {
        asked.push(seq);
        return answer(seq);
      },
      onMessage: (row) => seen.push(row.seq),
      onReset: () => {
        resets += 1;
      },
      makeSocket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket as unknown as WebSocket;
      },
    });
  });

  afterEach(() => {
    stream.stop();
    vi.useRealTimers();
  });

  const settle = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);

  it("fetches what a gap left out and then goes on in order", async () => {
    stream.start();
    sockets[0]?.open();
    await settle();
    log = [1, 2, 3].map((seq) => message(seq));
    sockets[0]?.send(message(1));
    sockets[0]?.send(message(3));
    await settle();
    sockets[0]?.send(message(4));
    expect(seen).toEqual([1, 2, 3, 4]);
  });

  it("converges when a third of the messages is dropped", async () => {
    stream.start();
    sockets[0]?.open();
    await settle();
    for (let seq = 1; seq <= 60; seq += 1) {
      log.push(message(seq));
      if (seq % 3 !== 0) sockets[0]?.send(message(seq));
      await settle();
    }
    sockets[0]?.send(message(60, "tick"));
    await settle();
    expect(seen).toEqual(log.map((row) => row.seq));
  });

  it("reconnects after a close and resumes from the last number", async () => {
    stream.start();
    sockets[0]?.open();
    await settle();
    log = [message(1)];
    sockets[0]?.send(message(1));
    sockets[0]?.close();
    log.push(message(2));
    await vi.advanceTimersByTimeAsync(600);
    expect(sockets).toHaveLength(2);
    sockets[1]?.open();
    await settle();
    expect(asked.at(-1)).toBe(1);
    expect(seen).toEqual([1, 2]);
  });

  it("polls every 15 s while no socket opens", async () => {
    stream.start();
    log = [message(1), message(2)];
    await vi.advanceTimersByTimeAsync(15_000);
    expect(seen).toEqual([1, 2]);
  });

  it("takes a snapshot when its number is too old", async () => {
    answer = () => ({ reset: true, seq: 40 });
    stream.start();
    sockets[0]?.open();
    await settle();
    expect(resets).toBe(1);
    sockets[0]?.send(message(41));
    expect(seen).toEqual([41]);
  });
});
