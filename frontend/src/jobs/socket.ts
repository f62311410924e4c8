/**
 * A live stream (interface §3): messages carry a sequence number; a gap, a reset or a reconnect
 * refetches `events/?since=`. With sockets blocked the same call runs every 15 s.
 */
export interface StreamMessage {
  type: string;
  seq: number;
  [field: string]: unknown;
}

export interface Snapshot {
  reset?: boolean;
  seq?: number;
  results?: StreamMessage[];
  events?: StreamMessage[];
  snapshot?: unknown;
}

export type Arrival = "apply" | "ignore" | "gap";

/** What to do with a message: a tick only tells which number is the last. */
export function arrival(last: number, message: StreamMessage): Arrival {
  if (message.type === "tick") return message.seq > last ? "gap" : "ignore";
  if (message.seq <= last) return "ignore";
  return message.seq === last + 1 ? "apply" : "gap";
}

/** Wait before the n-th reconnect: doubling to 30 s, with jitter so that clients spread. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(30_000, 500 * 2 ** attempt);
  return full / 2 + (full / 2) * random();
}

export interface StreamOptions {
  socketUrl: string;
  fetchSince: (seq: number) => Promise<Snapshot>;
  onMessage: (message: StreamMessage) => void;
  onReset: () => void;
  onLink?: (live: boolean) => void;
  makeSocket?: (url: string) => WebSocket;
  pollMs?: number;
  /** The number of the last message that the page already shows. */
  since?: number;
}

/** The server ended the stream: the session or the right is gone. */
export const DENIED = 4403;

export class Stream {
  private last = 0;
  private attempts = 0;
  private closed = false;
  private socket: WebSocket | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private poll: ReturnType<typeof setInterval> | undefined;
  private catching: Promise<void> | null = null;
  private again = false;

  constructor(private readonly options: StreamOptions) {
    this.last = options.since ?? 0;
  }

  /** Connects at once instead of after the wait, as when the session came back. */
  readonly hurry = (): void => {
    if (this.closed || this.socket?.readyState !== 3) return;
    clearTimeout(this.timer);
    this.attempts = 0;
    this.connect();
  };

  start(): void {
    this.connect();
    globalThis.addEventListener?.("session:back", this.hurry);
    this.poll = setInterval(() => {
      if (this.socket?.readyState !== 1) void this.catchUp();
    }, this.options.pollMs ?? 15_000);
  }

  stop(): void {
    this.closed = true;
    clearTimeout(this.timer);
    clearInterval(this.poll);
    globalThis.removeEventListener?.("session:back", this.hurry);
    this.socket?.close();
  }

  receive(message: StreamMessage): void {
    const what = arrival(this.last, message);
    if (what === "gap") void this.catchUp();
    if (what === "apply") this.apply(message);
  }

  /** Fetches what was missed; calls during a fetch lead to one more fetch after it. */
  catchUp(): Promise<void> {
    if (this.catching) {
      this.again = true;
      return this.catching;
    }
    this.catching = this.fetchMissed().finally(() => {
      this.catching = null;
      if (this.again && !this.closed) {
        this.again = false;
        void this.catchUp();
      }
    });
    return this.catching;
  }

  private apply(message: StreamMessage): void {
    this.last = message.seq;
    this.options.onMessage(message);
  }

  private async fetchMissed(): Promise<void> {
    try {
      const answer = await this.options.fetchSince(this.last);
      if (answer.reset) {
        this.last = answer.seq ?? this.last;
        this.options.onReset();
        return;
      }
      for (const message of answer.results ?? answer.events ?? []) {
        if (message.seq > this.last) this.apply(message);
      }
    } catch {
      // The next tick, reconnect or poll asks again.
    }
  }

  private connect(): void {
    const { socketUrl, makeSocket } = this.options;
    const socket = makeSocket ? makeSocket(socketUrl) : new WebSocket(socketUrl);
    this.socket = socket;
    socket.onopen = () => {
      this.attempts = 0;
      this.options.onLink?.(true);
      void this.catchUp();
    };
    socket.onmessage = (event: MessageEvent<string>) => {
      this.receive(JSON.parse(event.data) as StreamMessage);
    };
    socket.onclose = (event?: { code: number }) => {
      this.options.onLink?.(false);
      if (this.closed || this.socket !== socket) return;
      // Whether the session is lost is learnt from a call, which then asks for the log-in.
      if (event?.code === DENIED || this.attempts === 0) void this.catchUp();
      this.timer = setTimeout(() => this.connect(), backoff(this.attempts));
      this.attempts += 1;
    };
  }
}

export function socketAddress(path: string, base: Location = window.location): string {
  return `${base.protocol === "https:" ? "wss" : "ws"}://${base.host}${path}`;
}
