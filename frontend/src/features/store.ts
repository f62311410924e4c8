import type { Offered, SourceReport } from "./data";
import { Past } from "./history";
import type { Lookup, SetState } from "./model";
import type { Known } from "./naming";

const plain = (text: string): string => text.replace(/\s+/g, " ").trim();

function knownOf(row: Offered): Known {
  const { kind, prefix, title, name } = row;
  // A common name of one band gives what that band gives.
  const band = kind === "band" && title && !title.includes(",") ? title : name;
  return { kind, prefix, identity: kind === "index" ? plain(row.expression ?? name) : band };
}

/** The set as it is now, its past, and what is known of its sources. */
export class Store {
  private readonly past: Past<SetState>;
  private readonly known = new Map<string, Known>();
  private readonly listeners: ((did: string) => void)[] = [];
  private amending = "";

  constructor(state: SetState, offered: readonly Offered[]) {
    this.past = new Past(state);
    // Where a name is both, the asset is what the server takes.
    for (const row of offered)
      if (!this.known.has(row.name)) this.known.set(row.name, knownOf(row));
  }

  get state(): SetState {
    return this.past.now;
  }

  get undoes(): string {
    return this.past.undoes;
  }

  get redoes(): string {
    return this.past.redoes;
  }

  readonly lookup: Lookup = (source) =>
    this.known.get(source) ?? { kind: null, prefix: "", identity: plain(source) };

  /** Takes what the server says of a source; answers whether that was news. */
  learn(report: SourceReport, label = ""): void {
    const before = this.lookup(report.source);
    if (report.kind === null) {
      if (label) this.known.set(report.source, { ...before, label });
      return;
    }
    const named = label || before.label;
    const own = before.kind !== null && before.kind !== "expression";
    this.known.set(report.source, {
      kind: report.kind,
      prefix: report.prefix,
      identity: own ? before.identity : plain(report.canonical ?? report.source),
      ...(named ? { label: named } : {}),
    });
  }

  onChange(listener: (did: string) => void): void {
    this.listeners.push(listener);
  }

  change(state: SetState, did: string): void {
    this.amending = "";
    this.past.step(state, did);
    this.tell(did);
  }

  /** A change that goes on while a person types; all of it is one step back. */
  amend(state: SetState, did: string, about: string): void {
    if (this.amending === about) this.past.amend(state);
    else this.past.step(state, did);
    this.amending = about;
    this.tell("");
  }

  undo(): void {
    this.amending = "";
    const did = this.past.undo();
    if (did) this.tell(`Undone: ${did}`);
  }

  redo(): void {
    this.amending = "";
    const did = this.past.redo();
    if (did) this.tell(`Done again: ${did}`);
  }

  private tell(did: string): void {
    for (const listener of this.listeners) listener(did);
  }
}

/** "ndvi added: 3 more features." */
export function changeWords(what: string, before: SetState, after: SetState): string {
  const by = after.features.length - before.features.length;
  const many = Math.abs(by) === 1 ? "feature" : "features";
  if (by === 0) return what;
  return `${what}: ${Math.abs(by)} ${many} ${by > 0 ? "more" : "less"}`;
}
