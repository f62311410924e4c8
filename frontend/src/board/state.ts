/** The board as the page knows it: areas by stage and state, and which are chosen. Rules only. */
import { type Box, boxUnion, centreOf, insideRing, type Ring } from "../geo/measure";

export type StageKey = "not_started" | "model_ready" | "mapped" | "in_review" | "accepted";
export type StateKey = "" | "running" | "waiting" | "paused" | "failed" | "attention";

export interface BoardArea {
  kind: "area" | "unit" | "whole";
  id: string;
  name: string;
  area_km2: number;
  stage: StageKey;
  state: StateKey;
  open_remarks: number;
  job: string | null;
  job_status: string;
  layer: string | null;
  extent: Box;
}

export interface StageRow {
  key: StageKey;
  word: string;
  level: number;
  count: number;
}

export interface StateRow {
  key: StateKey;
  tone: string;
  word: string;
  count: number;
}

export interface BoardJob {
  id: string;
  status: string;
  progress: { done: number; total: number; failed: number; fraction: number };
}

export interface BoardData {
  project: string;
  slug: string;
  mayEdit: boolean;
  areas: BoardArea[];
  stages: StageRow[];
  states: StateRow[];
  jobs: BoardJob[];
}

/** The pseudo area of a project without areas: all its imagery. */
export const WHOLE = "all-imagery";
const LINKED = 20;

type Listener = () => void;

export class BoardState {
  private rows: Map<string, BoardArea>;
  private readonly chosen = new Set<string>();
  private readonly listeners: Listener[] = [];

  constructor(private board: BoardData) {
    this.rows = new Map(board.areas.map((area) => [area.id, area]));
  }

  onChange(listener: Listener): void {
    this.listeners.push(listener);
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  /** Takes a newer board; what was chosen stays chosen. */
  update(board: BoardData): void {
    this.board = board;
    this.rows = new Map(board.areas.map((area) => [area.id, area]));
    for (const id of this.chosen) if (!this.rows.has(id)) this.chosen.delete(id);
    this.tell();
  }

  /** What the places of this board are called. */
  get noun(): "area" | "unit" {
    return this.board.areas[0]?.kind === "unit" ? "unit" : "area";
  }

  get data(): BoardData {
    return this.board;
  }

  get areas(): BoardArea[] {
    return [...this.rows.values()];
  }

  get(id: string): BoardArea | undefined {
    return this.rows.get(id);
  }

  has(id: string): boolean {
    return this.chosen.has(id);
  }

  get selected(): BoardArea[] {
    return this.areas.filter((area) => this.chosen.has(area.id));
  }

  get selectedKm2(): number {
    return this.selected.reduce((sum, area) => sum + area.area_km2, 0);
  }

  get selectedBox(): Box | null {
    return boxUnion(this.selected.map((area) => area.extent));
  }

  /** A plain click chooses one; with a modifier it adds or takes away. */
  click(id: string, adding: boolean): void {
    if (adding) {
      this.toggle(id);
      return;
    }
    const only = this.chosen.size === 1 && this.chosen.has(id);
    this.chosen.clear();
    if (!only) this.chosen.add(id);
    this.tell();
  }

  toggle(id: string): void {
    if (!this.chosen.delete(id) && this.rows.has(id)) this.chosen.add(id);
    this.tell();
  }

  choose(ids: Iterable<string>): void {
    this.chosen.clear();
    for (const id of ids) if (this.rows.has(id)) this.chosen.add(id);
    this.tell();
  }

  clear(): void {
    this.choose([]);
  }

  /** Adds the areas whose middle lies within a lasso. */
  lasso(ring: Ring): number {
    const caught = this.areas.filter((area) => insideRing(centreOf(area.extent), ring));
    for (const area of caught) this.chosen.add(area.id);
    this.tell();
    return caught.length;
  }

  /** What the address keeps of the choice; a very large one is not kept. */
  get link(): string | null {
    return this.chosen.size > 0 && this.chosen.size <= LINKED ? [...this.chosen].join(",") : null;
  }

  get launchable(): BoardArea[] {
    return this.selected.filter((area) => area.id !== WHOLE);
  }

  launchUrl(): string {
    const query = this.launchable
      .map(({ kind, id }) => `${kind === "unit" ? "units" : "aoi"}=${id}`)
      .join("&");
    return `/projects/${this.board.slug}/launch/train_and_map/${query ? `?${query}` : ""}`;
  }

  /** The map of the first chosen area that has one. */
  reviewUrl(view: string | null): string | null {
    const layer = this.selected.find((area) => area.layer)?.layer;
    if (!layer) return null;
    return `/projects/${this.board.slug}/map/?layer=${layer}${view ? `&view=${view}` : ""}`;
  }

  stageWord(area: BoardArea): string {
    return this.board.stages.find((row) => row.key === area.stage)?.word ?? area.stage;
  }

  stageLevel(area: BoardArea): number {
    return this.board.stages.find((row) => row.key === area.stage)?.level ?? 0;
  }

  stateRow(area: BoardArea): StateRow | null {
    return this.board.states.find((row) => row.key === area.state && area.state !== "") ?? null;
  }

  /** One line about an area, for its tooltip. */
  sentence(area: BoardArea): string {
    const remarks = area.open_remarks;
    return [
      `${area.name}: ${this.stageWord(area).toLowerCase()}`,
      this.stateRow(area)?.word.toLowerCase(),
      remarks ? `${remarks} open remark${remarks === 1 ? "" : "s"}` : null,
    ]
      .filter(Boolean)
      .join(" · ");
  }
}
