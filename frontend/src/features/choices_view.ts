import { element } from "../ui/dom";
import type { Statistic } from "./data";
import * as model from "./model";
import { grouped } from "./statistics";
import { changeWords, type Store } from "./store";

/** The statistics as switches, by what they tell. */
export class StatisticsView {
  private readonly chips = new Map<string, HTMLButtonElement>();
  private readonly order: string[];

  constructor(
    holder: HTMLElement,
    statistics: readonly Statistic[],
    private readonly store: Store,
  ) {
    this.order = statistics.map((row) => row.name);
    const groups = grouped(statistics);
    const meanings = element("dl", { class: "kv" });
    for (const [title, rows] of groups) {
      const chips = rows.map(({ name, meaning }) => this.chip(name, meaning));
      holder.append(
        element(
          "div",
          { class: "choice-group beside", role: "group", "aria-label": title },
          element("span", { class: "label" }, title),
          element("div", { class: "chips" }, ...chips),
        ),
      );
      for (const row of rows) {
        const least = row.dates_min > 1 ? `; of ${row.dates_min} valid dates or more` : "";
        meanings.append(element("dt", {}, row.name), element("dd", {}, `${row.meaning}${least}`));
      }
    }
    holder.append(
      element("details", { class: "advanced" }, element("summary", {}, "What they mean"), meanings),
    );
    store.onChange(() => this.draw());
    this.draw();
  }

  private chip(name: string, meaning: string): HTMLButtonElement {
    const chip = element(
      "button",
      { class: "chip", type: "button", "aria-pressed": "false", title: meaning },
      name,
    );
    chip.addEventListener("click", () => this.switch(name));
    this.chips.set(name, chip);
    return chip;
  }

  private switch(name: string): void {
    const { state, lookup } = this.store;
    const there = state.statistics.includes(name);
    const next = there
      ? model.withoutStatistic(state, name)
      : model.withStatistic(state, name, lookup, this.order);
    this.store.change(next, changeWords(`${name} ${there ? "taken away" : "added"}`, state, next));
  }

  private draw(): void {
    for (const [name, chip] of this.chips)
      chip.setAttribute("aria-pressed", String(this.store.state.statistics.includes(name)));
  }
}
