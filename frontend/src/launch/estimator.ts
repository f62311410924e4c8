/** Asks for an estimate a moment after the last change; a newer question aborts the older one. */
export class Estimator<Answer> {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: AbortController | null = null;
  private waiting: (() => void)[] = [];

  constructor(
    private readonly ask: (signal: AbortSignal) => Promise<Answer>,
    private readonly tell: (answer: Answer) => void,
    private readonly fail: (error: unknown) => void,
    private readonly delayMs = 400,
  ) {}

  change(): void {
    clearTimeout(this.timer);
    this.running?.abort();
    this.running = new AbortController();
    const mine = this.running;
    this.timer = setTimeout(() => void this.run(mine), this.delayMs);
  }

  get pending(): boolean {
    return this.running !== null;
  }

  /** Resolves when no question is open. */
  settled(): Promise<void> {
    if (!this.pending) return Promise.resolve();
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  private async run(mine: AbortController): Promise<void> {
    try {
      const answer = await this.ask(mine.signal);
      if (mine !== this.running) return;
      this.done();
      this.tell(answer);
    } catch (error) {
      if (mine !== this.running || mine.signal.aborted) return;
      this.done();
      this.fail(error);
    }
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private done(): void {
    this.running = null;
  }
}
