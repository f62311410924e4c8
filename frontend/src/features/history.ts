/** States one after another, with what was done between them. */
export class Past<T> {
  private before: { state: T; did: string }[] = [];
  private after: { state: T; did: string }[] = [];

  constructor(
    private state: T,
    private readonly longest = 200,
  ) {}

  get now(): T {
    return this.state;
  }

  /** What the next undo takes back; empty when there is nothing. */
  get undoes(): string {
    return this.before.at(-1)?.did ?? "";
  }

  get redoes(): string {
    return this.after.at(-1)?.did ?? "";
  }

  step(state: T, did: string): void {
    this.before = [...this.before, { state: this.state, did }].slice(-this.longest);
    this.after = [];
    this.state = state;
  }

  /** Goes on with the last step instead of making another one. */
  amend(state: T): void {
    this.after = [];
    this.state = state;
  }

  undo(): string {
    const last = this.before.pop();
    if (!last) return "";
    this.after.push({ state: this.state, did: last.did });
    this.state = last.state;
    return last.did;
  }

  redo(): string {
    const next = this.after.pop();
    if (!next) return "";
    this.before.push({ state: this.state, did: next.did });
    this.state = next.state;
    return next.did;
  }
}
