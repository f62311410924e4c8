import { ApiError, postJson } from "../api/client";
import { Estimator } from "../launch/estimator";
import { element, icon } from "../ui/dom";
import type { Offered, Report, SourceReport } from "./data";
import * as model from "./model";
import { changeWords, type Store } from "./store";

interface Understood {
  report: SourceReport;
  /** What the server would not keep; a source that no scene offers can be kept. */
  refused: boolean;
}

/** A source that is written: understood, or told what is wrong and where, as it is typed. */
export class ExpressionView {
  readonly text = element("input", {
    class: "input mono",
    id: "expression-text",
    autocomplete: "off",
    spellcheck: "false",
    maxlength: 1000,
    placeholder: "(B08 - B04) / (B08 + B04)",
    "aria-describedby": "expression-said expression-help",
  });
  readonly label = element("input", {
    class: "input",
    id: "expression-label",
    autocomplete: "off",
    maxlength: 60,
    placeholder: "automatic",
  });
  private readonly add = element("button", { class: "button", type: "button" }, "Add");
  private readonly said = element("div", {
    class: "expression-said",
    id: "expression-said",
    role: "status",
  });
  private readonly live: Estimator<Understood>;
  private understood: Understood | null = null;
  private wanted = false;

  constructor(
    holder: HTMLElement,
    private readonly project: string,
    offered: readonly Offered[],
    private readonly store: Store,
    private readonly typed: () => void,
  ) {
    this.live = new Estimator(
      (signal) => this.ask(signal),
      (answer) => this.told(answer),
      (error) => this.failed(error),
      250,
    );
    const names = offered.filter((row) => row.kind === "asset").map((row) => row.name);
    const help = `Names of bands${names.length ? ` (${names.slice(0, 14).join(", ")})` : ""} and indices, + − * / ** and sqrt, abs, log10, clip, min, max.`;
    holder.append(
      element("label", { for: this.text.id }, "Expression", aside("or any name")),
      element("div", { class: "expression-row" }, this.text, this.add),
      this.said,
      element("span", { class: "help", id: "expression-help" }, help),
      element(
        "div",
        { class: "field expression-label" },
        element("label", { for: this.label.id }, "Called in names of features"),
        this.label,
      ),
    );
    this.listen();
  }

  private listen(): void {
    this.text.addEventListener("input", () => this.changed());
    this.label.addEventListener("input", () => this.typed());
    this.add.addEventListener("click", () => this.want());
    for (const input of [this.text, this.label]) {
      input.addEventListener("keydown", (event) => {
        if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
        event.preventDefault();
        this.want();
      });
    }
  }

  /** Looks at the text again, as after a reload. */
  changed(): void {
    this.typed();
    this.understood = null;
    this.wanted = false;
    this.add.textContent = "Add";
    this.text.removeAttribute("aria-invalid");
    if (this.text.value.trim()) this.live.change();
    else this.said.replaceChildren();
  }

  private async ask(signal: AbortSignal): Promise<Understood> {
    const source = this.text.value.trim();
    const probe = [{ name: "x", source, statistic: "mean" }];
    const body = { project: this.project, sources: [source], features: probe };
    const path = "/api/v1/feature-sets/validate/";
    const answer = await postJson<Report>(path, body, {}, signal);
    const [report] = answer.sources;
    if (!report) throw new Error("The server says nothing of the source.");
    return { report, refused: (answer.errors?.features ?? []).length > 0 };
  }

  private told(answer: Understood): void {
    if (answer.report.source !== this.text.value.trim()) return;
    this.understood = answer;
    const { report, refused } = answer;
    if (report.error) {
      if (refused) this.text.setAttribute("aria-invalid", "true");
      else this.add.textContent = "Add anyway";
      this.said.replaceChildren(
        line(refused ? "failed" : "attention", report.error),
        ...place(report),
      );
      if (this.wanted && refused) this.text.focus();
    } else this.said.replaceChildren(line("good", wordsOf(report)));
    if (this.wanted && !report.error) this.take();
    this.wanted = false;
  }

  private failed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    this.said.replaceChildren(line("failed", error.message));
  }

  private want(): void {
    if (!this.text.value.trim()) {
      this.said.replaceChildren(line("attention", "Write a name or an expression first."));
      this.text.focus();
      return;
    }
    if (this.understood === null) {
      this.wanted = true;
      if (!this.live.pending) this.live.change();
    } else if (this.understood.refused) this.text.focus();
    else this.take();
  }

  private take(): void {
    if (!this.understood) return;
    const { report } = this.understood;
    const { state, lookup } = this.store;
    const canonical = report.canonical ?? report.source;
    const source = report.kind === "index" ? canonical : report.source;
    const same = state.sources.find(
      (one) => one === source || lookup(one).identity === canonical || one === canonical,
    );
    if (same !== undefined) {
      this.said.replaceChildren(line("attention", `That is already chosen: ${same}.`));
      return;
    }
    if (state.sources.length >= model.MOST_SOURCES) {
      const text = `A set has at most ${model.MOST_SOURCES} sources.`;
      this.said.replaceChildren(line("attention", text));
      return;
    }
    this.store.learn({ ...report, source }, this.label.value.trim());
    const next = model.withSources(state, [source], lookup);
    this.text.value = "";
    this.label.value = "";
    this.changed();
    this.store.change(next, changeWords(`${source} added`, state, next));
    this.text.focus();
  }
}

const aside = (text: string): HTMLElement => element("span", { class: "aside" }, text);

function wordsOf(report: SourceReport): string {
  const where = report.collections.join(", ");
  const kind = {
    asset: "A band",
    band: "A common name",
    index: "An index",
    expression: "Understood",
  };
  return `${kind[report.kind ?? "expression"]}${where ? ` · ${where}` : ""}`;
}

function line(level: "good" | "attention" | "failed", text: string): HTMLElement {
  const words = text ? text[0]?.toUpperCase() + text.slice(1) : "";
  return element("p", { class: `said tone-${level}` }, icon(level), element("span", {}, words));
}

/** The text again with the place of the fault marked. */
function place({ source, column }: SourceReport): HTMLElement[] {
  if (column === null) return [];
  const at = Math.min(column - 1, source.length);
  const code = element(
    "code",
    { class: "fault-place", "aria-hidden": "true" },
    source.slice(0, at),
    element("mark", {}, source.slice(at, at + 1) || " "),
    source.slice(at + 1),
  );
  return [code];
}
