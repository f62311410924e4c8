/** Which samples are selected, as pure state; the last one touched is the anchor of a range. */
export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly anchor: string | null;
  /** Where the arrow keys are. */
  readonly focus: string | null;
}

export const NOTHING: Selection = { ids: new Set(), anchor: null, focus: null };

export function only(id: string): Selection {
  return { ids: new Set([id]), anchor: id, focus: id };
}

export function all(ids: Iterable<string>): Selection {
  const found = new Set(ids);
  const first = found.values().next().value ?? null;
  return { ids: found, anchor: first, focus: first };
}

export function toggled(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id, focus: id };
}

export function added(selection: Selection, more: Iterable<string>): Selection {
  const ids = new Set([...selection.ids, ...more]);
  return { ...selection, ids, focus: selection.focus ?? ids.values().next().value ?? null };
}

/** From the anchor to `id` in the order shown; without an anchor in sight only `id`. */
export function ranged(selection: Selection, order: readonly string[], id: string): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return only(id);
  const ids = new Set(order.slice(Math.min(from, to), Math.max(from, to) + 1));
  return { ids, anchor: selection.anchor, focus: id };
}

/** The row `by` places further in the order shown, held at its ends. */
export function stepped(selection: Selection, order: readonly string[], by: number): string | null {
  if (order.length === 0) return null;
  const at = selection.focus === null ? -1 : order.indexOf(selection.focus);
  if (at < 0) return (by > 0 ? order[0] : order.at(-1)) ?? null;
  return order[Math.max(0, Math.min(order.length - 1, at + by))] ?? null;
}

export function renamed(selection: Selection, from: string, to: string): Selection {
  const change = (id: string | null): string | null => (id === from ? to : id);
  return {
    ids: new Set([...selection.ids].map((id) => change(id) as string)),
    anchor: change(selection.anchor),
    focus: change(selection.focus),
  };
}

export function without(selection: Selection, gone: ReadonlySet<string>): Selection {
  const kept = (id: string | null): string | null => (id !== null && gone.has(id) ? null : id);
  return {
    ids: new Set([...selection.ids].filter((id) => !gone.has(id))),
    anchor: kept(selection.anchor),
    focus: kept(selection.focus),
  };
}
