import { element, icon, swatch } from "../ui/dom";
import { count } from "../ui/format";

export interface ClassCount {
  code: number | null;
  name: string;
  color: string;
  count: number;
}

export interface Row {
  value: string;
  label: string;
  aside: string;
}

/** Rows that hold every word of a search, in their order. */
export function found(rows: Row[], text: string): Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return rows.filter((row) => {
    const whole = `${row.label} ${row.aside}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  });
}

function balanceBar(classes: ClassCount[]): SVGSVGElement {
  const total = classes.reduce((sum, one) => sum + one.count, 0) || 1;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "balance-bar");
  svg.setAttribute("viewBox", "0 0 100 6");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  let left = 0;
  for (const one of classes) {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const width = (100 * one.count) / total;
    rect.setAttribute("x", String(left));
    rect.setAttribute("width", String(width));
    rect.setAttribute("height", "6");
    rect.setAttribute("fill", one.color);
    svg.append(rect);
    left += width;
  }
  return svg;
}

/** The class balance of a sample set: a bar and, below it, each class with its count. */
export function balanceOf(classes: ClassCount[], long: boolean): HTMLElement {
  const box = element("span", { class: "balance" }, balanceBar(classes));
  if (!long) return box;
  const rows = classes.map((one) =>
    element(
      "span",
      { class: "chip" },
      swatch(one.color),
      element("span", {}, `${one.code ?? ""} ${one.name} · ${count(one.count)}`),
    ),
  );
  box.append(element("span", { class: "balance-rows" }, ...rows));
  return box;
}

/** A select of rows of the project as a field one can search; the select keeps the value. */
export class Picker {
  private readonly input: HTMLInputElement;
  private readonly list: HTMLUListElement;
  private readonly note = element("div", { class: "picker-note" });
  private shownRows: Row[] = [];
  private active = -1;

  constructor(
    private readonly select: HTMLSelectElement,
    private readonly balances: Record<string, ClassCount[]>,
  ) {
    const id = `${select.id}-search`;
    this.list = element("ul", {
      id: `${id}-list`,
      role: "listbox",
      class: "picker-list",
      hidden: true,
    });
    this.input = element("input", {
      id,
      class: "input picker-input",
      role: "combobox",
      type: "text",
      autocomplete: "off",
      spellcheck: "false",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": this.list.id,
      "aria-required": select.getAttribute("aria-required"),
    });
    const label = select.labels?.[0] ?? null;
    if (label) {
      label.htmlFor = id;
      this.list.setAttribute("aria-label", label.firstChild?.textContent ?? "");
    }
    select.hidden = true;
    select.after(
      element("div", { class: "picker" }, this.input, icon("down"), this.list),
      this.note,
    );
    this.listen();
    this.sync();
  }

  /** Shows what the select holds; call after its value was set from outside. */
  sync(): void {
    const chosen = this.chosen();
    this.input.value = chosen?.label ?? "";
    this.input.placeholder = this.rows().length ? this.emptyWord() : "none in this project yet";
    this.input.disabled = this.rows().length === 0;
    const balance = chosen && this.balances[chosen.value];
    this.note.replaceChildren(
      ...(chosen?.aside ? [element("span", { class: "help" }, chosen.aside)] : []),
      ...(balance ? [balanceOf(balance, true)] : []),
    );
    if (this.select.getAttribute("aria-invalid")) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  focus(): void {
    this.input.focus();
  }

  private rows(): Row[] {
    return [...this.select.options]
      .filter((option) => option.value)
      .map((option) => ({
        value: option.value,
        label: option.textContent?.trim() ?? "",
        aside: option.dataset.aside ?? "",
      }));
  }

  private emptyWord(): string {
    return [...this.select.options].find((option) => !option.value)?.textContent ?? "choose…";
  }

  private chosen(): Row | undefined {
    return this.rows().find((row) => row.value === this.select.value);
  }

  private listen(): void {
    this.input.addEventListener("input", (event) => {
      event.stopPropagation();
      this.open(this.input.value);
    });
    this.input.addEventListener("click", () => this.open(""));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => {
      if (!this.input.value.trim() && this.mayBeEmpty()) this.take("");
      this.close();
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    // A press in the list must not take the focus away before the click arrives.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
  }

  private mayBeEmpty(): boolean {
    return [...this.select.options].some((option) => !option.value);
  }

  private key(event: KeyboardEvent): void {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) this.open("");
      else this.move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Enter" && open && !event.ctrlKey && !event.metaKey) {
      const row = this.shownRows[this.active];
      if (row) this.take(row.value);
      this.close();
    } else if (event.key === "Escape" && open) this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  private open(text: string): void {
    this.shownRows = found(this.rows(), text);
    const now = this.shownRows.findIndex((row) => row.value === this.select.value);
    this.active = Math.max(0, now);
    this.list.replaceChildren(...this.shownRows.map((row, n) => this.option(row, n)));
    if (this.shownRows.length === 0) {
      this.list.append(element("li", { class: "picker-none" }, "Nothing has these words."));
    }
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.point();
  }

  private option(row: Row, n: number): HTMLLIElement {
    const balance = this.balances[row.value];
    const item = element(
      "li",
      {
        role: "option",
        id: `${this.input.id}-${n}`,
        "aria-selected": String(row.value === this.select.value),
      },
      element("span", { class: "picker-name" }, row.label),
      element("span", { class: "picker-aside" }, row.aside),
      balance ? balanceOf(balance, false) : null,
    );
    item.addEventListener("click", () => {
      this.take(row.value);
      this.close();
    });
    return item;
  }

  private move(by: number): void {
    const last = this.shownRows.length - 1;
    this.active = Math.min(last, Math.max(0, this.active + by));
    this.point();
  }

  private point(): void {
    for (const [n, node] of [...this.list.children].entries()) {
      node.classList.toggle("active", n === this.active);
      if (n === this.active) {
        this.input.setAttribute("aria-activedescendant", node.id);
        node.scrollIntoView?.({ block: "nearest" });
      }
    }
  }

  private take(value: string): void {
    if (this.select.value === value) return;
    this.select.value = value;
    this.sync();
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
  }

  private close(): void {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.sync();
  }
}
