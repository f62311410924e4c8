/** A value that others may watch; a change hands out the old and the new one. */
export class Store<S> {
  private readonly watchers = new Set<(now: S, before: S) => void>();

  constructor(private value: S) {}

  get(): S {
    return this.value;
  }

  change(changes: Partial<S>): void {
    const before = this.value;
    this.value = { ...before, ...changes };
    for (const watch of [...this.watchers]) watch(this.value, before);
  }

  watch(call: (now: S, before: S) => void): () => void {
    this.watchers.add(call);
    return () => this.watchers.delete(call);
  }
}
