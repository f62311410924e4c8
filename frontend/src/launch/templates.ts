import { ApiError, deleteJson, getJson, patchJson, postJson } from "../api/client";
import { apiCallButton } from "../ui/api_call";
import { confirmDialog, openDialog } from "../ui/dialog";
import { element, icon } from "../ui/dom";
import { toast } from "../ui/toast";

export interface Template {
  id: string;
  name: string;
  workflow: string;
  parameters: Record<string, unknown>;
  description: string;
  is_default: boolean;
  misfits: Record<string, string[]>;
  created_by_name: string;
  revision: number;
}

const PATH = "/api/v1/job-templates/";

export interface TemplateHost {
  project: string;
  workflow: string;
  mayEdit: boolean;
  /** The parameters the form holds now. */
  parameters(): Record<string, unknown>;
  apply(template: Template | null): void;
}

/** The templates of a workflow in a project: choose one, keep one, look after them. */
export class Templates {
  private rows: Template[] = [];
  private readonly select = element("select", { class: "input", id: "template" });
  private readonly manage = element(
    "button",
    { class: "button quiet small", type: "button" },
    "Manage…",
  );

  constructor(
    holder: HTMLElement,
    private readonly host: TemplateHost,
    private chosen: string,
  ) {
    holder.append(
      element("label", { for: "template" }, "Template"),
      this.select,
      ...(host.mayEdit ? [this.manage] : []),
    );
    this.select.addEventListener("input", (event) => event.stopPropagation());
    this.select.addEventListener("change", () => this.choose(this.select.value));
    this.manage.addEventListener("click", () => this.openManager());
    this.draw();
  }

  get current(): Template | undefined {
    return this.rows.find((row) => row.id === this.chosen);
  }

  async load(): Promise<void> {
    const { project, workflow } = this.host;
    const page = await getJson<{ results: Template[] }>(
      `${PATH}?project=${project}&workflow=${workflow}&page_size=500`,
    );
    this.rows = page.results;
    this.draw();
  }

  private draw(): void {
    const none = element("option", { value: "" }, "none: the schema's defaults");
    const options = this.rows.map((row) =>
      element(
        "option",
        { value: row.id },
        `${row.name}${row.is_default ? " (default here)" : ""}${Object.keys(row.misfits).length ? " (partly out of date)" : ""}`,
      ),
    );
    this.select.replaceChildren(none, ...options);
    this.select.value = this.current ? this.chosen : "";
    this.manage.hidden = this.rows.length === 0;
  }

  private choose(id: string): void {
    this.chosen = id;
    this.host.apply(this.current ?? null);
  }

  /** Asks for a name and keeps what the form holds. */
  save(): void {
    const name = field("Name", "template-name", { maxlength: 120, required: true });
    const about = field("Description", "template-about", { maxlength: 2000 });
    const mark = element("input", { type: "checkbox" });
    const body = (): Record<string, unknown> => ({
      project: this.host.project,
      workflow: this.host.workflow,
      name: name.input.value.trim(),
      description: about.input.value.trim(),
      is_default: mark.checked,
      parameters: this.host.parameters(),
    });
    const keep = element("button", { class: "button primary", type: "submit" }, "Save template");
    const back = element("button", { class: "button", type: "button" }, "Keep editing");
    const problem = element("div", {});
    const form = element(
      "form",
      { class: "stack", novalidate: true },
      name.box,
      about.box,
      element("label", { class: "check" }, mark, "Begin this workflow with it in this project"),
      problem,
      element(
        "div",
        { class: "foot" },
        apiCallButton(() => ({ method: "POST", path: PATH, body: body() })),
        back,
        keep,
      ),
    );
    const opened = openDialog({ title: "Save these parameters as a template", body: form });
    back.addEventListener("click", opened.close);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.create(body(), { name, problem, keep, close: opened.close });
    });
    name.input.focus();
  }

  private async create(body: Record<string, unknown>, view: SaveView): Promise<void> {
    view.keep.disabled = true;
    view.name.say("");
    view.problem.replaceChildren();
    try {
      const row = await postJson<Template>(PATH, body);
      await this.load();
      this.chosen = row.id;
      this.draw();
      view.close();
      this.host.apply(this.current ?? null);
      toast(`Template "${row.name}" saved.`);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const texts = error.problem.errors?.name;
      if (texts) view.name.say(texts.join(" "));
      else view.problem.replaceChildren(problemNotice(error));
    }
    view.keep.disabled = false;
  }

  private openManager(): void {
    const list = element("ul", { class: "template-list" });
    const problem = element("div", {});
    const close = element("button", { class: "button", type: "button" }, "Close");
    const redraw = (): void => list.replaceChildren(...this.rows.map((row) => this.line(row, act)));
    const act = async (change: () => Promise<unknown>, done: string): Promise<void> => {
      problem.replaceChildren();
      try {
        await change();
        await this.load();
        toast(done);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        problem.replaceChildren(problemNotice(error));
        await this.load().catch(() => undefined);
      }
      redraw();
    };
    redraw();
    const { close: shut } = openDialog({
      title: "Templates of this workflow",
      body: element("div", {}, list, problem),
      actions: [close],
      wide: true,
    });
    close.addEventListener("click", shut);
  }

  private line(
    row: Template,
    act: (change: () => Promise<unknown>, done: string) => Promise<void>,
  ): HTMLElement {
    const address = `${PATH}${row.id}/`;
    const match = { "If-Match": `"${row.revision}"` };
    const name = element("input", { class: "input", "aria-label": "Name", maxlength: 120 });
    name.value = row.name;
    const rename = small("Rename");
    const usual = small(row.is_default ? "Default here" : "Make default");
    usual.setAttribute("aria-pressed", String(row.is_default));
    const update = small("Take the form's values");
    const remove = small("Delete…", "danger");
    rename.addEventListener(
      "click",
      () => void act(() => patchJson(address, { name: name.value }, match), "Renamed."),
    );
    usual.addEventListener(
      "click",
      () =>
        void act(
          () => patchJson(address, { is_default: !row.is_default }, match),
          row.is_default ? "No longer the default." : "The form begins with it now.",
        ),
    );
    update.addEventListener(
      "click",
      () =>
        void act(
          () => patchJson(address, { parameters: this.host.parameters() }, match),
          `"${row.name}" now has the form's values.`,
        ),
    );
    remove.addEventListener("click", async () => {
      const sure = await confirmDialog({
        title: `Delete the template "${row.name}"?`,
        body: "Jobs that were launched from it keep their parameters.",
        act: "Delete template",
        keep: "Keep it",
        destructive: true,
      });
      if (sure) await act(() => deleteJson(address), "Template deleted.");
    });
    const about = [row.description, row.created_by_name && `by ${row.created_by_name}`];
    return element(
      "li",
      {},
      element("div", { class: "template-name" }, name, rename),
      element("p", { class: "note" }, about.filter(Boolean).join(" · ")),
      element("div", { class: "template-acts" }, usual, update, remove),
    );
  }
}

interface SaveView {
  name: NamedField;
  problem: HTMLElement;
  keep: HTMLButtonElement;
  close(): void;
}

interface NamedField {
  box: HTMLElement;
  input: HTMLInputElement;
  say(text: string): void;
}

function small(text: string, kind = "quiet"): HTMLButtonElement {
  return element("button", { class: `button small ${kind}`, type: "button" }, text);
}

/** A labelled field with a place for its error. */
export function field(
  label: string,
  id: string,
  more: Record<string, string | number | boolean> = {},
): NamedField {
  const input = element("input", { class: "input", id, autocomplete: "off", ...more });
  const error = element("span", { class: "error", role: "alert", id: `${id}-error`, hidden: true });
  const box = element(
    "div",
    { class: "field" },
    element("label", { for: id }, label),
    input,
    error,
  );
  const say = (text: string): void => {
    error.textContent = text;
    error.hidden = text === "";
    if (text) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", error.id);
      input.focus();
    } else input.removeAttribute("aria-invalid");
  };
  return { box, input, say };
}

export function problemNotice(error: ApiError): HTMLElement {
  const { problem } = error;
  const lines = [
    problem.detail,
    problem.advice ?? "",
    ...Object.entries(problem.errors ?? {}).map(([path, texts]) => `${path}: ${texts.join(" ")}`),
  ];
  return element(
    "div",
    { class: "notice failed", role: "alert" },
    icon("failed"),
    element("div", {}, ...lines.filter(Boolean).map((line) => element("p", {}, line))),
  );
}
