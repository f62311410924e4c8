import { element, icon } from "../../ui/dom";
import { entryLegend, type Ramps } from "./entry_legend";
import { entryTools } from "./entry_tools";
import type { ReviewContext } from "./hooks";
import { changed, type Entry, keyOf, moved, type Side } from "./state";

const SIDES: readonly (readonly [Side, string])[] = [
  ["left", "Left"],
  ["both", "Both"],
  ["right", "Right"],
];

/** One entry of the stack in the layers panel: handle, eye, name, opacity; opened, its legend. */
export class EntryRow {
  readonly node: HTMLLIElement;
  private readonly handle: HTMLButtonElement;
  private readonly eye: HTMLButtonElement;
  private readonly opener: HTMLButtonElement;
  private readonly slider: HTMLInputElement;
  private readonly figure = element("output", {});
  private readonly note = element("small", {});
  private readonly side = element("div", {
    class: "segments",
    role: "group",
    "aria-label": "Side of the line",
  });
  private readonly problem = element("p", { class: "notice", role: "status", hidden: true });
  private readonly body = element("div", { class: "entry-body", hidden: true });
  private drawn = "";
  open = false;

  constructor(
    private entry: Entry,
    private readonly review: ReviewContext,
    private readonly ramps: Ramps,
  ) {
    this.handle = this.button("grip", "entry-handle");
    this.eye = this.button("eye", "entry-eye");
    this.opener = element("button", {
      class: "entry-name",
      type: "button",
      "aria-expanded": "false",
    });
    this.slider = element("input", { type: "range", min: 0, max: 100, step: 1 });
    this.node = element(
      "li",
      { class: "entry" },
      element("div", { class: "entry-head" }, this.handle, this.eye, this.opener, this.figure),
      element("div", { class: "entry-sub" }, this.slider, this.note, this.side, this.problem),
      this.body,
    );
    this.node.dataset.key = keyOf(entry);
    this.bind();
  }

  /** Takes over what changed; what a person holds in the hand stays as it is. */
  update(entry: Entry): void {
    this.entry = entry;
    const source = this.review.sourceOf(entry);
    const title = source?.title ?? "Loading …";
    const percent = Math.round(entry.opacity * 100);
    this.node.classList.toggle("off", !entry.visible);
    this.opener.textContent = title;
    this.handle.setAttribute("aria-label", `Move ${title}: drag, or arrow keys up and down`);
    this.eye.setAttribute("aria-label", `Show ${title}`);
    this.eye.setAttribute("aria-pressed", String(entry.visible));
    this.eye.replaceChildren(icon(entry.visible ? "eye" : "eye-off"));
    this.slider.setAttribute("aria-label", `Opacity of ${title}`);
    this.slider.setAttribute("aria-valuetext", `${percent} %`);
    if (document.activeElement !== this.slider) this.slider.value = String(percent);
    this.figure.textContent = `${percent} %`;
    this.note.textContent = source?.note ?? "";
    this.drawSide();
    this.drawBody();
  }

  tell(text: string | null): void {
    this.problem.hidden = text === null;
    this.problem.replaceChildren(icon("attention"), element("span", {}, text ?? ""));
  }

  toggle(open = !this.open): void {
    this.open = open;
    this.opener.setAttribute("aria-expanded", String(open));
    this.body.hidden = !open;
    this.drawBody();
  }

  focusOpacity(): void {
    this.slider.focus();
  }

  focusName(): void {
    this.opener.focus();
  }

  private button(name: string, className: string): HTMLButtonElement {
    return element("button", { class: className, type: "button" }, icon(name));
  }

  private change(changes: Partial<Entry>): void {
    const { store } = this.review;
    store.change({ stack: changed(store.get().stack, keyOf(this.entry), changes) });
  }

  private bind(): void {
    this.eye.addEventListener("click", () => this.change({ visible: !this.entry.visible }));
    this.opener.addEventListener("click", () => this.toggle());
    this.slider.addEventListener("input", () =>
      this.change({ opacity: Number(this.slider.value) / 100 }),
    );
    this.handle.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (by === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      this.moveBy(by);
      this.handle.focus();
    });
  }

  private moveBy(by: number): void {
    const { store } = this.review;
    const { stack } = store.get();
    const at = stack.findIndex((entry) => keyOf(entry) === keyOf(this.entry));
    store.change({ stack: moved(stack, keyOf(this.entry), at + by) });
  }

  private drawSide(): void {
    this.side.hidden = this.review.store.get().mode !== "swipe";
    if (this.side.hidden) return;
    const buttons = SIDES.map(([side, word]) => {
      const on = this.entry.side === side;
      const node = element("button", { type: "button", "aria-pressed": String(on) }, word);
      node.addEventListener("click", () => {
        this.change({ side });
        this.side.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
      });
      return node;
    });
    this.side.replaceChildren(...buttons);
  }

  /** Legend and tools are drawn anew only when something in them changed. */
  private drawBody(): void {
    const source = this.review.sourceOf(this.entry);
    if (!this.open || !source) return;
    const { hidden, ramp, stretch, limits } = this.entry;
    const state = JSON.stringify([
      hidden,
      ramp,
      stretch,
      limits,
      source.note,
      source.layer?.newest_release,
    ]);
    if (state === this.drawn) return;
    this.drawn = state;
    const at = focusIn(this.body);
    const legend = entryLegend(this.entry, source, this.ramps, (changes) => this.change(changes));
    const tools = entryTools(this.entry, source, this.review, (by) => this.moveBy(by));
    this.body.replaceChildren(...(legend ? [legend] : []), tools);
    focusBack(this.body, at);
  }
}

const FIELDS = "input, select, button, a";

function focusIn(box: HTMLElement): number {
  return [...box.querySelectorAll(FIELDS)].indexOf(document.activeElement ?? box);
}

function focusBack(box: HTMLElement, at: number): void {
  if (at >= 0) box.querySelectorAll<HTMLElement>(FIELDS)[at]?.focus();
}
