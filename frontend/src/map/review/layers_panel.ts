import { byId, element, icon } from "../../ui/dom";
import type { OfferedLayer } from "./add_dialog";
import type { Ramps } from "./entry_legend";
import { EntryRow } from "./entry_row";
import type { ReviewContext } from "./hooks";
import { type Entry, keyOf, moved } from "./state";

export interface Switch {
  id: string;
  title: string;
}

/** The panel at the left: the stack with legends, then what lies above and below it. */
export class LayersPanel {
  private readonly list = byId("stack");
  private readonly rows = new Map<string, EntryRow>();
  private order = "";
  private selected = "";

  constructor(
    private readonly review: ReviewContext,
    private readonly offered: readonly OfferedLayer[],
    private readonly ramps: Ramps,
    private readonly switches: readonly Switch[],
  ) {
    byId("add-entry").addEventListener("click", () => void this.add());
    byId("fold").addEventListener("click", () => this.fold());
    // On a phone and over four maps there is no room for an open panel.
    if (matchMedia("(max-width: 640px)").matches) this.fold(true);
    if (review.store.get().mode === "grid") this.fold(true);
    this.list.addEventListener("focusin", (event) => this.remember(event));
    this.bindDrag();
    review.store.watch((now, before) => {
      if (now.off !== before.off) this.drawSwitches();
      if (now.mode !== before.mode && now.mode === "grid") this.fold(true);
      if (now.stack !== before.stack || now.mode !== before.mode) this.draw();
    });
    this.drawSwitches();
    this.draw();
    this.openFirst();
  }

  async add(): Promise<void> {
    const { addDialog } = await import("./add_dialog");
    addDialog(this.review, this.offered);
  }

  fold(folded = !byId("map-panel").classList.contains("folded")): void {
    byId("map-panel").classList.toggle("folded", folded);
    byId("fold").setAttribute("aria-expanded", String(!folded));
  }

  /** Unfolds the panel and puts the focus on the selected entry. */
  focus(): void {
    this.fold(false);
    this.row()?.focusName();
    if (this.rows.size === 0) byId("add-entry").focus();
  }

  /** The entry that keys act on: the last one that had the focus, else the first. */
  current(): Entry | undefined {
    const { stack } = this.review.store.get();
    return stack.find((entry) => keyOf(entry) === this.selected) ?? stack[0];
  }

  select(by: number): void {
    const { stack } = this.review.store.get();
    const now = this.current();
    const at = now ? stack.indexOf(now) : 0;
    const next = stack[Math.max(0, Math.min(stack.length - 1, at + by))];
    if (!next) return;
    this.selected = keyOf(next);
    this.focus();
  }

  focusOpacity(): void {
    this.fold(false);
    this.row()?.focusOpacity();
  }

  tell(key: string, text: string | null): void {
    this.rows.get(key)?.tell(text);
  }

  draw(): void {
    const { stack } = this.review.store.get();
    const keys = stack.map(keyOf);
    for (const [key, row] of this.rows) {
      if (keys.includes(key)) continue;
      this.hand(key, row, keys);
    }
    for (const entry of stack) {
      const row = this.rows.get(keyOf(entry)) ?? this.make(entry);
      row.update(entry);
    }
    const order = keys.join();
    if (order !== this.order)
      this.list.append(...keys.flatMap((key) => this.rows.get(key)?.node ?? []));
    this.order = order;
    byId("stack-empty").hidden = stack.length > 0;
    byId("stack-count").textContent = String(stack.length);
  }

  private row(): EntryRow | undefined {
    const entry = this.current();
    return entry && this.rows.get(keyOf(entry));
  }

  private make(entry: Entry): EntryRow {
    const row = new EntryRow(entry, this.review, this.ramps);
    this.rows.set(keyOf(entry), row);
    return row;
  }

  /** Drops a row; where its entry took another release or style, the new row stays open. */
  private hand(key: string, row: EntryRow, keys: string[]): void {
    const [kind, id] = key.split(".");
    const heir = keys.find((other) => other.startsWith(`${kind}.${id}.`) && !this.rows.has(other));
    const entry = this.review.store.get().stack.find((other) => keyOf(other) === heir);
    if (entry && row.open) this.make(entry).toggle(true);
    if (this.selected === key && heir) this.selected = heir;
    row.node.remove();
    this.rows.delete(key);
  }

  private openFirst(): void {
    const { stack } = this.review.store.get();
    const first = stack.find((entry) => entry.visible && entry.kind === "layer");
    if (first) this.rows.get(keyOf(first))?.toggle(true);
  }

  private remember(event: FocusEvent): void {
    const node =
      event.target instanceof Element ? event.target.closest<HTMLElement>(".entry") : null;
    if (!node) return;
    this.selected = node.dataset.key ?? "";
    for (const row of this.rows.values()) row.node.classList.toggle("selected", row.node === node);
  }

  /** Dragging by the handle: the row goes where the pointer is, the stack follows on release. */
  private bindDrag(): void {
    this.list.addEventListener("pointerdown", (event) => {
      if (!(event.target instanceof Element)) return;
      const handle = event.target.closest<HTMLElement>(".entry-handle");
      const node = handle?.closest<HTMLElement>(".entry");
      if (!handle || !node || event.button !== 0) return;
      handle.setPointerCapture(event.pointerId);
      node.classList.add("dragged");
      const drag = (move: PointerEvent): void => this.dragTo(node, move.clientY);
      const stop = (): void => {
        handle.removeEventListener("pointermove", drag);
        node.classList.remove("dragged");
        this.settle(node);
      };
      handle.addEventListener("pointermove", drag);
      handle.addEventListener("pointerup", stop, { once: true });
      handle.addEventListener("pointercancel", stop, { once: true });
    });
  }

  private dragTo(node: HTMLElement, y: number): void {
    for (const other of this.list.children) {
      const box = other.getBoundingClientRect();
      if (other === node || y < box.top || y > box.bottom) continue;
      const before = y < box.top + box.height / 2;
      if (before && other.previousSibling !== node) other.before(node);
      else if (!before && other.nextSibling !== node) other.after(node);
    }
  }

  private settle(node: HTMLElement): void {
    const { store } = this.review;
    const to = [...this.list.children].indexOf(node);
    this.order = "";
    store.change({ stack: moved(store.get().stack, node.dataset.key ?? "", to) });
  }

  private drawSwitches(): void {
    const { store } = this.review;
    const { off } = store.get();
    const boxes = this.switches.map(({ id, title }) => {
      const box = element("input", { type: "checkbox", checked: !off.includes(id), "data-id": id });
      box.addEventListener("change", () => toggleSwitch(this.review, id));
      return element("label", { class: "check small" }, box, title);
    });
    const focused = (document.activeElement as HTMLElement | null)?.dataset.id;
    byId("map-switches").replaceChildren(...boxes);
    if (focused)
      document.querySelector<HTMLElement>(`#map-switches [data-id="${focused}"]`)?.focus();
  }
}

export function toggleSwitch({ store }: ReviewContext, id: string): void {
  const { off } = store.get();
  store.change({ off: off.includes(id) ? off.filter((other) => other !== id) : [...off, id] });
}

/** A line over the map that says what is wrong with which entry, or what is new. */
export class Notices {
  private readonly rows = new Map<string, HTMLElement>();

  constructor(private readonly holder: HTMLElement) {}

  set(key: string, text: string | null, action?: { label: string; run(): void }): void {
    this.rows.get(key)?.remove();
    this.rows.delete(key);
    if (text === null) return;
    const tone = action ? "info" : "attention";
    const node = element(
      "div",
      { class: `notice ${tone}` },
      icon(tone === "info" ? "retry" : "attention"),
      element("span", {}, text),
    );
    if (action) {
      const button = element("button", { class: "button small", type: "button" }, action.label);
      button.addEventListener("click", () => {
        this.set(key, null);
        action.run();
      });
      node.append(button);
    }
    this.rows.set(key, node);
    this.holder.append(node);
  }
}
