/**
 * Unsaved edits in the browser's storage. Each tab has a list of its own; a tab that comes back
 * finds its list again, and lists of tabs that are gone are taken over after a while.
 */
import type { Buffer, Item } from "./queue";

const BEAT_MS = 5_000;
const GONE_MS = 20_000;

interface Kept {
  at: number;
  items: Item[];
}

export interface BufferPlace {
  lists: Storage;
  tab: Storage;
  now(): number;
}

function parsed(text: string | null): Kept | null {
  try {
    const kept = JSON.parse(text ?? "null") as Kept | null;
    return kept && Array.isArray(kept.items) ? kept : null;
  } catch {
    return null;
  }
}

export class LocalBuffer implements Buffer {
  private readonly key: string;
  private items: readonly Item[] = [];

  constructor(
    private readonly prefix: string,
    private readonly place: BufferPlace,
  ) {
    let tab = place.tab.getItem("tab");
    if (!tab) {
      tab = Math.random().toString(36).slice(2);
      place.tab.setItem("tab", tab);
    }
    this.key = `${prefix}:${tab}`;
  }

  read(): Item[] {
    const own = parsed(this.place.lists.getItem(this.key))?.items ?? [];
    this.items = [...this.orphans(), ...own];
    this.write(this.items);
    return [...this.items];
  }

  write(items: readonly Item[]): void {
    this.items = items;
    try {
      if (items.length === 0) this.place.lists.removeItem(this.key);
      else this.place.lists.setItem(this.key, JSON.stringify({ at: this.place.now(), items }));
    } catch {
      // A full or forbidden storage: edits are still sent, they only do not survive a reload.
    }
  }

  /** Tells other tabs that this one is alive. */
  keepAlive(): () => void {
    const timer = setInterval(() => {
      if (this.items.length) this.write(this.items);
    }, BEAT_MS);
    return () => clearInterval(timer);
  }

  private orphans(): Item[] {
    const { lists, now } = this.place;
    const found: Item[] = [];
    const names = Array.from({ length: lists.length }, (_, n) => lists.key(n));
    for (const name of names) {
      if (!name?.startsWith(`${this.prefix}:`) || name === this.key) continue;
      const kept = parsed(lists.getItem(name));
      if (kept && now() - kept.at < GONE_MS) continue;
      found.push(...(kept?.items ?? []));
      lists.removeItem(name);
    }
    return found;
  }
}
