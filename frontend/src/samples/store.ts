/** The samples this page has heard of, with edits that are not saved yet laid over them. */
import { applied, type Operation } from "./history";
import { middleOf, type Row } from "./model";

export class SampleStore {
  private readonly rows = new Map<string, Row>();
  /** Samples that differ from the tiles on the map. */
  private readonly edited = new Set<string>();
  /** The rows of the table's page, in its order. */
  order: string[] = [];

  get(id: string): Row | undefined {
    return this.rows.get(id);
  }

  /** The sample as it must be drawn instead of what the tile says. */
  override(id: string): Row | undefined {
    return this.edited.has(id) ? this.rows.get(id) : undefined;
  }

  /** Edited or new samples whose shape is known: they are drawn above the tiles. */
  overlaid(): Row[] {
    return [...this.edited]
      .map((id) => this.rows.get(id))
      .filter((row) => row?.geometry !== undefined && !row.deleted) as Row[];
  }

  /** Takes what the server says; rows with unsaved edits keep them. */
  put(rows: readonly Row[], isPending: (id: string) => boolean, moved = false): void {
    for (const row of rows) {
      const known = this.rows.get(row.id);
      if (isPending(row.id) || (known && known.revision > row.revision)) continue;
      const shape = row.geometry ?? (known?.revision === row.revision ? known.geometry : undefined);
      this.rows.set(row.id, { ...row, ...(shape ? { geometry: shape } : {}), deleted: false });
      if (moved) this.edited.add(row.id);
    }
  }

  page(rows: readonly Row[], isPending: (id: string) => boolean): void {
    this.put(rows, isPending);
    this.order = rows.map((row) => row.id);
  }

  /** Shows an operation at once. */
  apply(operation: Operation): void {
    const { id } = operation;
    const known = this.rows.get(id) ?? (operation.kind === "create" ? blank(id) : undefined);
    if (!known) return;
    const row = applied(operation, known);
    if (row.geometry) {
      [row.lon, row.lat] = middleOf(row.geometry);
      row.kind = row.geometry.type;
    }
    this.rows.set(id, row);
    this.edited.add(id);
    if (operation.kind === "create") this.order = [id, ...this.order];
  }

  /** The server has taken edits: from now on they build on these revisions. */
  saved(revisions: Record<string, number>, by: string, at: string): void {
    for (const [id, revision] of Object.entries(revisions)) {
      const row = this.rows.get(id);
      if (row) this.rows.set(id, { ...row, revision, updated_by: by, updated_at: at });
    }
  }

  rename(from: string, to: string): void {
    const row = this.rows.get(from);
    if (!row) return;
    this.rows.delete(from);
    this.rows.set(to, { ...row, id: to });
    if (this.edited.delete(from)) this.edited.add(to);
    this.order = this.order.map((id) => (id === from ? to : id));
  }

  /** Somebody deleted samples, or the server never took them. */
  gone(ids: Iterable<string>): void {
    for (const id of ids) {
      const row = this.rows.get(id);
      if (row) this.rows.set(id, { ...row, deleted: true });
      this.edited.add(id);
    }
  }

  /** Replaces a row by what the server says, unsaved edits included. */
  truth(row: Row): void {
    this.rows.set(row.id, { ...row, deleted: false });
    this.edited.add(row.id);
  }

  shown(): Row[] {
    const rows = this.order.map((id) => this.rows.get(id));
    return rows.filter((row) => row !== undefined && !row.deleted) as Row[];
  }

  /** Fresh tiles hold everything that was saved. */
  settle(isPending: (id: string) => boolean): void {
    for (const id of this.edited) if (!isPending(id)) this.edited.delete(id);
  }
}

function blank(id: string): Row {
  return {
    id,
    class_code: null,
    status: "new",
    confidence: "",
    source: "",
    group: "",
    external_id: "",
    region: null,
    revision: 0,
    kind: "Point",
    lon: 0,
    lat: 0,
    updated_at: new Date().toISOString(),
    updated_by: null,
  };
}
