import { byId, element, icon } from "../ui/dom";
import type { FormView } from "./form_view";
import { type Difference, homeless, shown } from "./state";
import type { Template } from "./templates";

type Tone = "info" | "attention";

function note(tone: Tone, ...children: (Node | string)[]): HTMLElement {
  return element(
    "div",
    { class: tone === "info" ? "notice info" : "notice" },
    icon(tone === "info" ? "retry" : "attention"),
    element("div", {}, ...children),
  );
}

function draftNote(at: number, drop: () => void): HTMLElement {
  const time = new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const button = element("button", { class: "link", type: "button" }, "Start over");
  button.addEventListener("click", drop);
  return note("info", element("p", {}, `What you had typed at ${time} is back. `, button));
}

/** Differences to the job that is launched again. */
function againNote(
  job: string,
  url: string,
  rows: Difference[],
  label: (path: string) => string,
  name: (path: string, value: unknown) => string | null,
): HTMLElement {
  const word = (path: string, value: unknown): string => name(path, value) ?? shown(value);
  const link = element("a", { href: url }, `job ${job.slice(0, 8)}`);
  const said = rows.length
    ? `: ${rows.length} difference${rows.length === 1 ? "" : "s"}`
    : " with the same parameters";
  const list = element(
    "ul",
    { class: "differences" },
    ...rows.map((row) =>
      element(
        "li",
        {},
        element("b", {}, label(row.path)),
        ` ${word(row.path, row.before)} → ${word(row.path, row.after)}`,
      ),
    ),
  );
  return note("info", element("p", {}, "Launches ", link, ` again${said}.`), list);
}

/** What of a template the form cannot take any more. */
function misfitNote(
  template: Template,
  lost: string[],
  strange: string[],
  label: (path: string) => string,
): HTMLElement | null {
  const lines = [
    ...Object.entries(template.misfits).map(
      ([path, texts]) => `${label(path)}: ${texts.join(" ")}`,
    ),
    ...lost.map((path) => `${label(path)}: what it named is no longer in the project.`),
    ...strange
      .filter((path) => !template.misfits[path])
      .map((path) => `${label(path)}: the workflow has no such parameter any more.`),
  ];
  if (lines.length === 0) return null;
  return note(
    "attention",
    element(
      "p",
      {},
      `Template "${template.name}" no longer fits in ${lines.length} place${lines.length === 1 ? "" : "s"}:`,
    ),
    element("ul", { class: "differences" }, ...lines.map((line) => element("li", {}, line))),
  );
}

export interface Again {
  job: string;
  url: string;
  rows: Difference[];
}

/** The notes over the form: a draft that is back, what differs, what no longer fits. */
export class FormNotes {
  private misfits: HTMLElement | null = null;

  constructor(
    private readonly form: HTMLFormElement,
    private readonly view: FormView,
    public draftAt: number | null,
    private readonly startOver: () => void,
  ) {}

  show(again: Again | null): void {
    const label = (path: string): string => this.view.labelOf(path);
    const name = (path: string, value: unknown): string | null => this.nameOf(path, value);
    byId("form-notes").replaceChildren(
      ...(this.draftAt === null ? [] : [draftNote(this.draftAt, this.startOver)]),
      ...(again ? [againNote(again.job, again.url, again.rows, label, name)] : []),
      ...(this.misfits ? [this.misfits] : []),
    );
  }

  /** Remembers what of a template the form cannot take. */
  fit(template: Template | null, lost: string[]): void {
    const strange = template ? homeless(template.parameters, this.view.paths) : [];
    this.misfits = template && misfitNote(template, lost, strange, (p) => this.view.labelOf(p));
  }

  /** What a select calls a value: rows by name instead of by id. */
  private nameOf(path: string, value: unknown): string | null {
    const select = this.form.querySelector<HTMLSelectElement>(
      `select[data-path="${CSS.escape(path)}"]`,
    );
    const options = select ? [...select.options] : [];
    return options.find((option) => option.value === value)?.textContent?.trim() ?? null;
  }
}
