import type { Feature } from "./model";
import type { Kind } from "./naming";

/** A row of `feature-sets/sources/`. */
export interface Offered {
  name: string;
  kind: Exclude<Kind, "expression">;
  title: string;
  prefix: string;
  collections: string[];
  scenes: number | null;
  expression?: string;
  reference?: string;
}

export interface Statistic {
  name: string;
  dates_min: number;
}

export interface SetRow {
  id: string;
  name: string;
  count: number;
}

export interface OpenSet {
  id: string;
  name: string;
  features: Feature[];
  /** Names of the model versions trained with it; such a set no longer changes. */
  usedBy: string[];
}

/** What the server puts into the editor's page. */
export interface PageData {
  project: string;
  /** The list, which a saved set leads to when nothing else was asked for. */
  listUrl: string;
  /** Where the person came from and goes back to with the set; empty: the list. */
  back: string;
  sources: Offered[];
  statistics: Statistic[];
  sets: SetRow[];
  /** The set that is changed or copied. */
  open: OpenSet | null;
  copies: boolean;
}

/** How a source is understood. */
export interface SourceReport {
  source: string;
  kind: Kind | null;
  canonical: string | null;
  collections: string[];
  prefix: string;
  error: string;
  column: number | null;
}

export interface WindowReport {
  window: string | null;
  dates: number;
  clear: number;
  years: number[];
  error: string;
}

export interface Report {
  sources: SourceReport[];
  windows: WindowReport[];
  hash?: string | null;
  same_as?: { id: string; name: string } | null;
  errors?: { features?: string[] };
}
