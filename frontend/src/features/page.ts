import { ApiError, getJson, postJson } from "../api/client";
import { Estimator } from "../launch/estimator";
import { problemNotice } from "../launch/templates";
import { apiCallButton } from "../ui/api_call";
import { whileBusy } from "../ui/busy";
import { byId, element, icon } from "../ui/dom";
import { bindKeys, inField } from "../ui/keys";
import { type Notice, noticesOf } from "./checks";
import { StatisticsView } from "./choices_view";
import type { PageData, Report } from "./data";
import { type Draft, DraftKeeper } from "./draft";
import { ExpressionView } from "./expression_view";
import { GridView } from "./grid_view";
import { ListView } from "./list_view";
import * as model from "./model";
import { copyName } from "./naming";
import { Saver } from "./saver";
import { SourcesView } from "./sources_view";
import { Store } from "./store";
import { WindowsView } from "./windows_view";

const CHECK = "/api/v1/feature-sets/validate/";

/** The editor of a feature set: what is chosen, what it becomes, and what is said of it. */
export class FeaturesPage {
  private readonly name = byId<HTMLInputElement>("set-name");
  private readonly order: string[];
  private readonly store: Store;
  private readonly draft: DraftKeeper;
  private readonly saver: Saver;
  private readonly expression: ExpressionView;
  private readonly grid: GridView;
  private readonly list: ListView;
  private readonly checker: Estimator<Report | null>;
  private report: Report | null = null;
  private refused = new Map<number, model.Fault>();

  constructor(private readonly data: PageData) {
    this.order = data.statistics.map((row) => row.name);
    this.saver = new Saver(data);
    const { open } = data;
    this.draft = new DraftKeeper(data.project, `${open?.id ?? "new"}${this.saver.copies}`);
    const kept = this.draft.read();
    const beginning = open ? model.stateOf(open.features, this.order) : model.BEGINNING;
    this.store = new Store(kept?.state ?? beginning, data.sources);
    this.name.value = kept?.name ?? this.firstName();
    new SourcesView(byId("sources"), data.sources, this.store);
    const typed = (): void => this.keep();
    this.expression = new ExpressionView(
      byId("expression"),
      data.project,
      data.sources,
      this.store,
      typed,
    );
    new StatisticsView(byId("statistics"), data.statistics, this.store);
    new WindowsView(byId("windows"), data.project, this.store);
    this.grid = new GridView(byId("grid"), byId("grid-note"), this.store);
    this.list = new ListView(byId("list"), this.store);
    this.checker = new Estimator(
      (signal) => this.ask(signal),
      (report) => this.told(report),
      (error) => this.checkFailed(error),
      300,
    );
    this.bind();
    this.startFrom();
    if (kept) this.restore(kept);
    this.notes(kept);
    this.draw("");
    this.checker.change();
  }

  private firstName(): string {
    const { open, sets } = this.data;
    if (!open) return "";
    return this.saver.copies
      ? copyName(
          open.name,
          sets.map((row) => row.name),
        )
      : open.name;
  }

  private bind(): void {
    this.store.onChange((did) => this.changed(did));
    this.name.addEventListener("input", () => {
      this.nameSay("");
      this.keep();
    });
    byId("features-form").addEventListener("submit", (event) => {
      event.preventDefault();
      void whileBusy(byId<HTMLButtonElement>("save"), () => this.save());
    });
    byId("undo").addEventListener("click", () => this.store.undo());
    byId("redo").addEventListener("click", () => this.store.redo());
    const call = (): ReturnType<Saver["call"]> =>
      this.saver.call(this.name.value.trim(), this.store.state);
    byId("api-call").replaceWith(apiCallButton(call));
    const outside = (): boolean =>
      !inField(document.activeElement) && !document.querySelector("dialog[open]");
    bindKeys([
      { key: "z", modifiers: ["ctrl"], label: "Undo", when: outside, run: () => this.store.undo() },
      {
        key: "z",
        modifiers: ["ctrl", "shift"],
        label: "Redo",
        when: outside,
        run: () => this.store.redo(),
      },
      {
        key: "Enter",
        modifiers: ["ctrl"],
        label: "Save the feature set",
        when: () => !document.querySelector("dialog[open]"),
        run: () => byId<HTMLFormElement>("features-form").requestSubmit(),
      },
    ]);
  }

  // ---- a set to begin with

  private startFrom(): void {
    const holder = byId("start-from");
    const { sets } = this.data;
    holder.hidden = sets.length === 0;
    const select = element("select", { class: "input", id: "start-set" });
    select.append(element("option", { value: "" }, "nothing"));
    for (const { id, name, count } of sets)
      select.append(element("option", { value: id }, `${name} (${count} features)`));
    const error = element("span", { class: "error", role: "alert", hidden: true });
    holder.append(element("label", { for: select.id }, "Take the features of"), select, error);
    select.addEventListener("change", async () => {
      error.hidden = true;
      try {
        if (select.value) await this.takeOver(select.value);
      } catch (problem) {
        if (!(problem instanceof ApiError)) throw problem;
        error.textContent = problem.message;
        error.hidden = false;
      }
    });
  }

  private async takeOver(id: string): Promise<void> {
    const row = await getJson<{ name: string; features: model.Feature[] }>(
      `/api/v1/feature-sets/${id}/`,
    );
    if (!this.name.value.trim())
      this.name.value = copyName(
        row.name,
        this.data.sets.map((one) => one.name),
      );
    this.store.change(
      model.stateOf(row.features, this.order),
      `Features of ${row.name} taken over: ${row.features.length}`,
    );
  }

  private restore(kept: Draft): void {
    this.expression.text.value = kept.expression;
    this.expression.label.value = kept.label;
    if (kept.expression) this.expression.changed();
  }

  private notes(kept: Draft | null): void {
    const notes: HTMLElement[] = [];
    if (kept) {
      const time = new Date(kept.at).toLocaleTimeString("en-GB", {
        hour: "2-digit",
        minute: "2-digit",
      });
      const over = element("button", { class: "link", type: "button" }, "Start over");
      over.addEventListener("click", () => {
        this.draft.drop();
        location.reload();
      });
      notes.push(note("info", "retry", `What you had chosen at ${time} is back. `, over));
    }
    const { open } = this.data;
    if (open && open.usedBy.length > 0) {
      const text = `${open.name} is part of the record of ${open.usedBy.slice(0, 3).join(", ")} and no longer changes. What you save here is a copy.`;
      notes.push(note("info", "models", text));
    }
    byId("form-notes").replaceChildren(...notes);
  }

  // ---- changes

  private changed(did: string): void {
    this.refused = new Map();
    this.draw(did);
    this.keep();
    this.checker.change();
  }

  private keep(): void {
    this.draft.keep({
      at: Date.now(),
      name: this.name.value,
      expression: this.expression.text.value,
      label: this.expression.label.value,
      state: this.store.state,
    });
  }

  private get faults(): Map<number, model.Fault> {
    const own = model.faultsOf(this.store.state.features, this.store.lookup);
    return new Map([...own, ...this.refused]);
  }

  private draw(did: string): void {
    const { features } = this.store.state;
    const faults = this.faults;
    this.list.draw(faults);
    byId("count").textContent = features.length === 1 ? "1 feature" : `${features.length} features`;
    if (did) byId("said").textContent = did;
    for (const [id, what] of [
      ["undo", this.store.undoes],
      ["redo", this.store.redoes],
    ] as const) {
      byId(id).setAttribute("aria-disabled", String(what === ""));
      byId(id).title = what || `Nothing to ${id}`;
    }
    const { lookup } = this.store;
    const more = {
      lookup,
      statistics: this.data.statistics,
      self: this.saver.copies ? "" : (this.data.open?.id ?? ""),
    };
    const notices = features.length ? noticesOf(this.store.state, this.report, faults, more) : [];
    byId("checks").replaceChildren(
      ...notices.map((row) => checkLine(row, (at) => this.list.go(at))),
    );
    byId("save").classList.toggle(
      "blocked",
      notices.some((row) => row.level === "failed"),
    );
  }

  // ---- what the server says

  private async ask(signal: AbortSignal): Promise<Report | null> {
    const { sources, windows, features } = this.store.state;
    const some = features.length > 0 && features.length <= model.MOST_FEATURES;
    const body = {
      project: this.data.project,
      sources: sources.slice(0, model.MOST_SOURCES),
      windows: windows.slice(0, model.MOST_WINDOWS),
      ...(some ? { features: model.featuresSent(this.store.state) } : {}),
    };
    return postJson<Report>(CHECK, body, {}, signal);
  }

  private told(report: Report | null): void {
    this.report = report;
    for (const row of report?.sources ?? []) this.store.learn(row);
    this.refuse(report?.errors?.features ?? []);
    byId("hash").textContent = report?.hash ? `hash ${report.hash.slice(0, 12)}` : "";
    this.grid.told(report);
    this.draw("");
  }

  private refuse(texts: readonly string[]): string[] {
    const places = texts.map(model.faultPlace);
    this.refused = new Map();
    for (const { at, text } of places)
      if (at !== null) this.refused.set(at, { level: "failed", text });
    return places.filter((row) => row.at === null).map((row) => row.text);
  }

  private checkFailed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    byId("checks").replaceChildren(
      checkLine({ level: "attention", text: `Not checked: ${error.message}` }),
    );
  }

  // ---- saving

  private nameSay(text: string): void {
    const error = byId("set-name-error");
    error.textContent = text;
    error.hidden = text === "";
    if (text) {
      this.name.setAttribute("aria-invalid", "true");
      this.name.setAttribute("aria-describedby", error.id);
      this.name.focus();
    } else this.name.removeAttribute("aria-invalid");
  }

  /** What stops saving, shown where it is; false when nothing does. */
  private stopped(): boolean {
    const first = [...this.faults].find(([, fault]) => fault.level === "failed");
    if (this.store.state.features.length === 0) {
      const text = "The set has no feature yet: choose a source, a statistic and a window.";
      this.problem(element("div", { class: "notice", role: "alert" }, icon("attention"), text));
    } else if (!this.name.value.trim()) this.nameSay("Give the set a name.");
    else if (first) this.list.go(first[0]);
    else return false;
    return true;
  }

  private problem(...nodes: HTMLElement[]): void {
    const holder = byId("form-notes");
    for (const old of holder.querySelectorAll('[role="alert"]')) old.remove();
    holder.prepend(...nodes);
    nodes[0]?.scrollIntoView({ block: "nearest" });
  }

  private async save(): Promise<void> {
    this.nameSay("");
    this.problem();
    await this.checker.settled();
    if (this.stopped()) return;
    try {
      const saved = await this.saver.save(this.name.value.trim(), this.store.state);
      this.draft.drop();
      location.assign(this.saver.next(saved.id));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.saveFailed(error);
    }
  }

  private saveFailed(error: ApiError): void {
    const { errors, status } = error.problem;
    if (errors?.name) {
      this.nameSay(errors.name.join(" "));
      return;
    }
    const rest = this.refuse(errors?.features ?? []);
    this.draw("");
    const first = [...this.refused.keys()][0];
    if (first !== undefined && rest.length === 0) {
      this.list.go(first);
      return;
    }
    const shown = problemNotice(error);
    // A model was trained with the set since the page was opened.
    if (status === 409 && !this.saver.copies) shown.append(this.copyButton());
    this.problem(shown);
  }

  private copyButton(): HTMLElement {
    const button = element("button", { class: "button small", type: "button" }, "Make it a copy");
    button.addEventListener("click", () => {
      this.saver.copies = true;
      this.name.value = this.firstName();
      this.problem();
      this.name.focus();
    });
    return button;
  }
}

function note(tone: string, sign: string, ...children: (Node | string)[]): HTMLElement {
  return element("div", { class: `notice ${tone}` }, icon(sign), element("p", {}, ...children));
}

function checkLine({ level, text, aside, at }: Notice, go?: (at: number) => void): HTMLElement {
  const show = element("button", { class: "link", type: "button" }, "Show");
  if (at !== undefined) show.addEventListener("click", () => go?.(at));
  return element(
    "li",
    { class: "check-line" },
    icon(level, `icon tone-${level}`),
    element("span", { class: "text" }, text),
    aside ? element("span", { class: "aside" }, aside) : null,
    at === undefined ? null : show,
  );
}
