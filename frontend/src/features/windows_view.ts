import { ApiError, postJson } from "../api/client";
import { whileBusy } from "../ui/busy";
import { element, icon } from "../ui/dom";
import { windowText } from "./checks";
import type { Report, WindowReport } from "./data";
import * as model from "./model";
import { changeWords, type Store } from "./store";

const SEASONS: [string, string][] = [
  ["Spring", "03-15/06-15"],
  ["Summer", "06-15/09-15"],
  ["Autumn", "09-15/11-15"],
  ["Growing season", "03-15/10-31"],
];

/** The windows as switches; others are written as a season or as fixed dates. */
export class WindowsView {
  private readonly chips = new Map<model.Window, HTMLButtonElement>();
  private readonly own = element("div", { class: "chips" });
  private readonly first = element("input", { class: "input", id: "window-first" });
  private readonly last = element("input", { class: "input", id: "window-last" });
  private readonly add = element("button", { class: "button", type: "button" }, "Add");
  private readonly error = element("span", {
    class: "error",
    id: "window-error",
    role: "alert",
    hidden: true,
  });
  private fixed = false;

  constructor(
    holder: HTMLElement,
    private readonly project: string,
    private readonly store: Store,
  ) {
    const usual = [this.chip("Whole selection", null)];
    for (const [name, window] of SEASONS) usual.push(this.chip(name, window));
    holder.append(element("div", { class: "chips" }, ...usual), this.own, this.form());
    this.show();
    store.onChange(() => this.draw());
    this.draw();
  }

  private chip(name: string, window: model.Window): HTMLButtonElement {
    const chip = element(
      "button",
      { class: "chip", type: "button", "aria-pressed": "false" },
      window ? `${name} ${window}` : name,
    );
    chip.addEventListener("click", () => this.switch(window));
    this.chips.set(window, chip);
    return chip;
  }

  private form(): HTMLElement {
    const kinds = element("div", {
      class: "segments",
      role: "group",
      "aria-label": "Kind of window",
    });
    for (const [text, fixed] of [
      ["Season", false],
      ["Fixed dates", true],
    ] as const) {
      const button = element("button", { type: "button", "aria-pressed": String(!fixed) }, text);
      button.addEventListener("click", () => {
        for (const other of kinds.children)
          other.setAttribute("aria-pressed", String(other === button));
        this.fixed = fixed;
        this.show();
      });
      kinds.append(button);
    }
    this.add.addEventListener("click", () => void this.take());
    for (const input of [this.first, this.last]) {
      input.addEventListener("input", () => this.say(""));
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        void this.take();
      });
    }
    const field = (label: string, input: HTMLInputElement): HTMLElement =>
      element("div", { class: "field" }, element("label", { for: input.id }, label), input);
    return element(
      "div",
      { class: "field-group window-form", role: "group", "aria-label": "Another window" },
      kinds,
      element(
        "div",
        { class: "window-row" },
        field("From", this.first),
        field("To", this.last),
        this.add,
      ),
      element("div", { class: "field" }, this.error),
    );
  }

  /** Both kinds are text: a season has no year, and a wrong date stays as it was typed. */
  private show(): void {
    this.say("");
    for (const [input, sample] of [
      [this.first, this.fixed ? "2018-03-15" : "03-15"],
      [this.last, this.fixed ? "2018-06-15" : "06-15"],
    ] as const) {
      input.placeholder = sample;
      input.autocomplete = "off";
    }
  }

  private say(text: string): void {
    this.error.textContent = text;
    this.error.hidden = text === "";
    for (const input of [this.first, this.last]) {
      if (text) {
        input.setAttribute("aria-invalid", "true");
        input.setAttribute("aria-describedby", this.error.id);
      } else input.removeAttribute("aria-invalid");
    }
  }

  private async take(): Promise<void> {
    const window = `${this.first.value.trim()}/${this.last.value.trim()}`;
    const form = this.fixed ? /^\d{4}-\d\d-\d\d\/\d{4}-\d\d-\d\d$/ : /^\d\d-\d\d\/\d\d-\d\d$/;
    if (!form.test(window)) {
      this.say(
        this.fixed
          ? "Write both dates as year-month-day, like 2018-03-15."
          : "Write both days as month-day, like 03-15.",
      );
      this.first.focus();
      return;
    }
    const { state } = this.store;
    if (state.windows.includes(window)) this.say("That window is already chosen.");
    else if (state.windows.length >= model.MOST_WINDOWS)
      this.say(`A set has at most ${model.MOST_WINDOWS} windows.`);
    else await whileBusy(this.add, () => this.checked(window));
  }

  private async checked(window: string): Promise<void> {
    try {
      const body = { project: this.project, windows: [window] };
      const answer = await postJson<Report>("/api/v1/feature-sets/validate/", body);
      const fault = answer.windows[0]?.error;
      if (fault) {
        this.say(fault);
        this.first.focus();
        return;
      }
      this.first.value = "";
      this.last.value = "";
      this.switch(window);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.say(error.message);
    }
  }

  private switch(window: model.Window): void {
    const { state, lookup } = this.store;
    const there = state.windows.includes(window);
    const next = there
      ? model.withoutWindow(state, window)
      : model.withWindow(state, window, lookup);
    const what = `Window ${windowText(window)} ${there ? "taken away" : "added"}`;
    this.store.change(next, changeWords(what, state, next));
  }

  private draw(): void {
    const { windows } = this.store.state;
    for (const [window, chip] of this.chips)
      chip.setAttribute("aria-pressed", String(windows.includes(window)));
    const written = windows.filter((window) => !this.chips.has(window));
    this.own.hidden = written.length === 0;
    this.own.replaceChildren(...written.map((window) => this.removable(window)));
  }

  private removable(window: model.Window): HTMLElement {
    const text = windowText(window);
    const remove = element("button", { type: "button", "aria-label": `Take ${text} away` });
    remove.append(icon("close"));
    remove.addEventListener("click", () => {
      this.switch(window);
      this.first.focus();
    });
    return element("span", { class: "chip removable" }, text, remove);
  }
}

/** "23 dates, 11.4 clear", for the head of a column. */
export function datesText(report: WindowReport | undefined): string {
  if (!report) return "";
  if (report.error) return "no window";
  return `${report.dates} date${report.dates === 1 ? "" : "s"}, ${report.clear} clear`;
}
