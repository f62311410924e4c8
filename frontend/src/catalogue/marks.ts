import type { FormerState } from "./types";

/** Scenes marked for one action, and what can be undone. No DOM. */

export class Marks {
  private readonly marked = new Set<string>();
  private anchor: string | null = null;

  get ids(): string[] {
    return [...this.marked];
  }

  get size(): number {
    return this.marked.size;
  }

  has(id: string): boolean {
    return this.marked.has(id);
  }

  clear(): void {
    this.marked.clear();
    this.anchor = null;
  }

  /** One tick; with `range` all between it and the tick before. */
  toggle(id: string, on: boolean, listed: readonly string[] = [], range = false): void {
    const [a, b] = [this.anchor ? listed.indexOf(this.anchor) : -1, listed.indexOf(id)];
    const ids = range && a >= 0 && b >= 0 ? listed.slice(Math.min(a, b), Math.max(a, b) + 1) : [id];
    for (const one of ids) {
      if (on) this.marked.add(one);
      else this.marked.delete(one);
    }
    this.anchor = id;
  }

  setAll(ids: readonly string[], on: boolean): void {
    for (const id of ids) {
      if (on) this.marked.add(id);
      else this.marked.delete(id);
    }
  }
}

export interface Change {
  scenes: string[];
  included: boolean;
  reason: string;
}

/** The calls that bring former states back: one for each state and reason. */
export function undoOf(before: readonly FormerState[]): Change[] {
  const groups = new Map<string, Change>();
  for (const { id, included, reason } of before) {
    const key = `${included} ${reason}`;
    const group = groups.get(key) ?? { scenes: [], included, reason };
    group.scenes.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** What was done, last first, so that Ctrl+Z goes back step by step. */
export class UndoStack {
  private readonly steps: FormerState[][] = [];

  get isEmpty(): boolean {
    return this.steps.length === 0;
  }

  push(before: FormerState[]): void {
    if (before.length) this.steps.push(before);
    if (this.steps.length > 50) this.steps.shift();
  }

  pop(): Change[] {
    return undoOf(this.steps.pop() ?? []);
  }
}
