import { element, icon } from "../../ui/dom";
import { writeState } from "../../ui/permalink_state";
import type { ReviewContext } from "../review/hooks";
import { detailView } from "./detail";
import { FILTERS, type Filter, isLate, placeOf, type Remark, SEVERITY, STATUS } from "./model";
import { NewForm } from "./new_form";
import type { Remarks } from "./source";

/** The list of remarks, one of them, or the form of a new one. */
export class RemarkPanel {
  /** Kept until it is pinned: what was typed is there when one looks at another remark between. */
  private fresh: NewForm | null = null;
  private writing = false;

  constructor(
    private readonly body: HTMLElement,
    private readonly remarks: Remarks,
    private readonly review: ReviewContext,
  ) {
    body.classList.add("remarks");
    remarks.watch(() => {
      if (!this.writing) this.draw();
    });
    review.store.watch(({ panel }, before) => {
      if (panel !== before.panel) this.fresh?.show(this.writing && panel === "remarks");
    });
  }

  open(id: string | null): void {
    this.writing = false;
    this.fresh?.show(false);
    writeState({ remark: id });
    this.remarks.select(id);
  }

  async load(): Promise<void> {
    try {
      await this.remarks.load();
    } catch (error) {
      const again = element("button", { class: "button small", type: "button" }, "Try again");
      again.addEventListener("click", () => void this.load());
      this.body.replaceChildren(element("p", { role: "alert" }, (error as Error).message), again);
    }
  }

  private draw(): void {
    const chosen = this.remarks.find(this.remarks.selected);
    this.body.replaceChildren(
      ...(chosen
        ? [detailView(chosen, this.remarks, this.review, () => this.open(null))]
        : this.list()),
    );
  }

  private list(): HTMLElement[] {
    const head = element("div", { class: "row" }, this.filter());
    if (this.review.project.role !== "viewer") head.append(this.newButton());
    const rows = this.remarks.all();
    if (!rows.length) {
      const why =
        this.remarks.filter === "all"
          ? "A remark says what is wrong where, and who looks at it."
          : "Choose another filter to see the others.";
      return [
        head,
        element(
          "div",
          { class: "empty" },
          element("strong", {}, "No remarks here."),
          element("p", {}, why),
        ),
      ];
    }
    const list = element("ul", { class: "remark-list" }, ...rows.map((row) => this.row(row)));
    return [head, list];
  }

  private filter(): HTMLElement {
    const select = element("select", { class: "input", "aria-label": "Which remarks" });
    for (const [key, word] of Object.entries(FILTERS)) {
      const selected = key === this.remarks.filter;
      select.append(element("option", { value: key, selected }, word));
    }
    select.addEventListener("change", () => {
      this.remarks.filter = select.value as Filter;
      void this.load();
    });
    return select;
  }

  private newButton(): HTMLElement {
    const button = element("button", { class: "button primary", type: "button" }, icon("plus"));
    button.append("New remark");
    button.addEventListener("click", () => this.write());
    return button;
  }

  private write(): void {
    this.writing = true;
    this.fresh ??= new NewForm(this.remarks, this.review, (id) => {
      this.open(id);
      if (id) this.fresh = null;
    });
    this.body.replaceChildren(this.fresh.node);
    this.fresh.show(true);
    this.fresh.focus();
  }

  private row(row: Remark): HTMLElement {
    const { number, text, status, severity, assignee, due } = row.properties;
    const { word, tone } = STATUS[status];
    const late = isLate(row, new Date().toISOString().slice(0, 10));
    const facts = [word, SEVERITY[severity], assignee?.name, due && `due ${due}`];
    const button = element(
      "button",
      { type: "button", class: "remark-row" },
      icon(tone, `icon tone-${tone}`),
      element(
        "span",
        {},
        element("b", {}, `${number} `),
        text.length > 120 ? `${text.slice(0, 120)}…` : text,
        element("small", {}, `${facts.filter(Boolean).join(" · ")}${late ? " · overdue" : ""}`),
      ),
    );
    button.addEventListener("click", () => {
      this.open(row.id);
      this.review.moveTo(placeOf(row));
    });
    return element("li", {}, button);
  }
}
