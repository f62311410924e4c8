import { ApiError, getJson, postForm, postJson } from "../../api/client";
import { fileObstacle, uploadKey } from "../../areas/uploads";
import { isTerminal } from "../../jobs/progress";
import { type ApiCall, apiCallButton } from "../../ui/api_call";
import { type OpenDialog, openDialog } from "../../ui/dialog";
import { element } from "../../ui/dom";
import type { ClassEntry } from "../model";
import { stepToMend } from "./report";
import {
  BEGIN,
  columnProblems,
  decided,
  inspected,
  type Mapping,
  optionsOf,
  STEPS,
  type Step,
  undecided,
  type Wizard,
  withClassField,
  withField,
  withLayer,
} from "./state";
import { classesStep } from "./step_classes";
import { columnsStep } from "./step_columns";
import { EXTENSIONS, fileStep, KINDS, noticeNode, progressNode, sendingWords } from "./step_file";
import { reportStep } from "./step_report";
import type { Inspected, SamplesJob } from "./types";

export interface WizardOptions {
  set: { id: string; name: string };
  classes: readonly ClassEntry[];
  legend: string;
  limit: number;
  /** Leads to the samples of that file on the map. */
  show(fileName: string): void;
}

const ASK_MS = 700;
const TITLES: Record<Step, string> = {
  file: "File",
  columns: "Columns",
  classes: "Classes",
  report: "Report",
};
const CUT = "was cut. Nothing was imported; the file is still chosen.";
const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

/** Asks, step by step, how a file becomes samples; closing it forgets nothing. */
export class ImportWizard {
  private state: Wizard = BEGIN;
  private readonly salt = crypto.randomUUID();
  private tries = 0;
  private tried = false;
  private trouble = "";
  private again = "";
  private job: SamplesJob | null = null;
  private stop = new AbortController();
  private opened: OpenDialog | null = null;
  private chosen: File | null = null;
  private readonly head = element("ol", { class: "import-steps", "aria-label": "Steps" });
  private readonly body = element("div", { class: "import-body" });
  private readonly told = element("div", { class: "import-told", "aria-live": "polite" });
  private readonly file;
  private readonly back = element("button", { class: "button", type: "button" }, "Back");
  private readonly next = element("button", { class: "button primary", type: "button" });

  constructor(private readonly options: WizardOptions) {
    this.file = fileStep(options.limit, (file) => this.fileChosen(file));
    this.back.addEventListener("click", () => this.stepBack());
    this.next.addEventListener("click", () => void this.stepOn());
  }

  open(): void {
    this.stop = new AbortController();
    const leave = element("button", { class: "button", type: "button" }, "Close");
    this.opened = openDialog({
      title: `Import into ${this.options.set.name}`,
      body: element("div", { class: "import-wizard" }, this.head, this.body, this.told),
      actions: [apiCallButton(() => this.call()), leave, this.back, this.next],
      onClose: () => this.closed(),
      wide: true,
    });
    this.opened.dialog.classList.add("import-dialog");
    leave.addEventListener("click", () => this.opened?.close());
    this.draw();
    this.focusFirst();
  }

  private closed(): void {
    this.stop.abort();
    this.busy(false);
    this.told.replaceChildren();
    this.opened = null;
  }

  private get home(): string {
    return `/api/v1/sample-sets/${this.options.set.id}/import/`;
  }

  /** The same in one call; a program that knows its columns needs no look into the file. */
  private call(): ApiCall {
    const path = this.home;
    const file = `(multipart/form-data: the file ${this.chosen?.name ?? ""})`;
    if (this.state.step === "file")
      return { method: "POST", path: `${path}inspect/`, body: { file } };
    const { class_map, ...options } = optionsOf(this.state);
    return {
      method: "POST",
      path,
      body: { ...options, class_map: JSON.stringify(class_map), file },
    };
  }

  // What is drawn.

  private draw(): void {
    const { step } = this.state;
    const at = STEPS.indexOf(step);
    this.head.replaceChildren(
      ...STEPS.map((name, n) =>
        element(
          "li",
          { class: n < at ? "done" : null, "aria-current": n === at ? "step" : null },
          `${n + 1} ${TITLES[name]}`,
        ),
      ),
    );
    const notice = this.trouble ? noticeNode("failed", this.trouble) : null;
    this.body.replaceChildren(...(notice ? [notice] : []), this.stepNode());
    this.drawFoot();
  }

  private drawFoot(): void {
    const { step } = this.state;
    const over = step === "report" && this.job?.status === "finished";
    this.back.hidden = step === "file" || over;
    const words = { file: "Read the file", columns: "Go on", classes: "Import", report: "" }[step];
    this.next.textContent = over ? "Show on the map" : this.again || words;
    this.next.hidden = step === "report" && !over;
    if (over && !this.job?.result?.imported) this.next.hidden = true;
  }

  private stepNode(): HTMLElement {
    const { state, tried } = this;
    const { classes, legend } = this.options;
    switch (state.step) {
      case "file":
        return this.file.node;
      case "columns":
        return columnsStep({
          state,
          tried,
          layer: (index) => this.change(withLayer(state, index, classes)),
          field: (name, value) => this.field(name, value),
          typed: (name, value) => {
            this.state = withField(this.state, name, value);
          },
        });
      case "classes":
        return classesStep({
          ...{ state, tried, classes, legend },
          decide: (values, choice) => this.change(decided(this.state, values, choice)),
        });
      default:
        return this.reportNode();
    }
  }

  private reportNode(): HTMLElement {
    if (!this.job) return element("div", {});
    const { fileName } = this.state;
    return reportStep({ job: this.job, fileName, lenient: () => void this.importOthers() });
  }

  private change(state: Wizard): void {
    const held = document.activeElement?.id ?? "";
    this.state = state;
    this.trouble = "";
    this.draw();
    const again = held && this.body.querySelector<HTMLElement>(`#${CSS.escape(held)}`);
    if (again) again.focus();
  }

  private field(name: keyof Mapping, value: string): void {
    if (name === "class_field") {
      this.change(withClassField(this.state, value, this.options.classes));
    } else {
      this.change(withField(this.state, name, value));
    }
  }

  private focusFirst(): void {
    const first = this.body.querySelector<HTMLElement>("[aria-invalid=true], select, input");
    (first ?? this.next).focus();
  }

  private go(step: Step, trouble = ""): void {
    this.state = { ...this.state, step };
    this.trouble = trouble;
    this.tried = Boolean(trouble);
    this.again = "";
    this.told.replaceChildren();
    this.draw();
    this.focusFirst();
  }

  // What a person does.

  private fileChosen(file: File | null): void {
    this.chosen = file;
    this.again = "";
    this.told.replaceChildren();
    this.file.say(file ? (this.obstacle(file) ?? "") : "");
    this.drawFoot();
  }

  private obstacle(file: File | null): string | null {
    return fileObstacle(file, this.options.limit, EXTENSIONS, KINDS);
  }

  private stepBack(): void {
    const before = STEPS[STEPS.indexOf(this.state.step) - 1];
    if (before) this.go(before);
  }

  private async stepOn(): Promise<void> {
    if (this.next.getAttribute("aria-busy") === "true") return;
    switch (this.state.step) {
      case "file":
        return this.read();
      case "columns":
        return this.stepWhen(Object.keys(columnProblems(this.state)).length === 0, "classes");
      case "classes":
        this.state = { ...this.state, lenient: false };
        if (undecided(this.state).length) return this.stepWhen(false, "report");
        return this.import();
      default:
        return this.options.show(this.state.fileName);
    }
  }

  private stepWhen(good: boolean, step: Step): void {
    this.tried = !good;
    if (good) this.go(step);
    else {
      this.draw();
      this.focusFirst();
    }
  }

  // What is asked.

  private async read(): Promise<void> {
    const file = this.chosen;
    const obstacle = this.obstacle(file);
    this.file.say(obstacle ?? "");
    if (obstacle || !file) return this.file.input.focus();
    await this.work(async () => {
      const job = await this.upload(file);
      const done = await this.follow(job, () => "Looking into the file");
      if (!done) return;
      const found = await getJson<Inspected>(`${this.home}inspect/${done.id}/`, this.stop.signal);
      const { inspection, file_name: fileName, error } = found;
      if (!inspection) {
        this.tries += 1;
        return this.file.say([error?.message, error?.advice].filter(Boolean).join(" "));
      }
      const news = { job: done.id, fileName, inspection };
      this.state = inspected(this.state, news, this.options.classes);
      this.go("columns");
    });
  }

  private upload(file: File): Promise<SamplesJob> {
    const form = new FormData();
    form.set("file", file);
    this.tell(progressNode(`Sending ${file.name}`, 0));
    return postForm<SamplesJob>(`${this.home}inspect/`, form, {
      headers: { "Idempotency-Key": uploadKey(file, {}, `${this.salt}${this.tries}`) },
      signal: this.stop.signal,
      onProgress: (sent, total) =>
        this.tell(progressNode(sendingWords(file.name, sent, total), sent / total)),
    });
  }

  private async importOthers(): Promise<void> {
    this.state = { ...this.state, lenient: true };
    await this.import();
  }

  private async import(): Promise<void> {
    await this.work(async () => {
      const key = `${this.salt}:import:${this.tries}`;
      const path = `${this.home}inspect/${this.state.job}/`;
      const begun = await postJson<SamplesJob>(path, optionsOf(this.state), {
        "Idempotency-Key": key,
      });
      this.tries += 1;
      const done = await this.follow(begun, stageWords);
      if (done) this.ended(done);
    });
  }

  private ended(job: SamplesJob): void {
    const text = [job.error?.message, job.error?.advice].filter(Boolean).join(" ");
    const mend = job.status === "finished" ? null : stepToMend(text);
    const rows = job.result?.errors?.rows?.length ?? 0;
    this.job = job;
    if (mend && !rows) this.go(mend.step, `${text} Nothing was imported.`);
    else this.go("report");
  }

  /** Waits for the end of a job; null when the dialog was closed meanwhile. */
  private async follow(
    begun: SamplesJob,
    words: (job: SamplesJob) => string,
  ): Promise<SamplesJob | null> {
    const { signal } = this.stop;
    let job = begun;
    do {
      this.tell(progressNode(words(job), null, job.id));
      if (isTerminal(job.status) && "result" in job) return job;
      await pause(ASK_MS);
      if (signal.aborted) return null;
      job = await getJson<SamplesJob>(`/api/v1/jobs/${job.id}/`, signal).catch(() => job);
    } while (!signal.aborted);
    return null;
  }

  /** Runs what asks the server; what goes wrong is said in place, and all that was typed stays. */
  private async work(act: () => Promise<void>): Promise<void> {
    const { signal } = this.stop;
    this.busy(true);
    this.again = "";
    try {
      await act();
      if (!signal.aborted) this.told.replaceChildren();
    } catch (error) {
      if (!signal.aborted) this.refused(error);
    } finally {
      if (!signal.aborted) this.busy(false);
    }
  }

  private refused(error: unknown): void {
    const problem = error instanceof ApiError ? error.problem : null;
    const sending = this.state.step === "file";
    const cut = !problem || problem.status === 0;
    const name = sending ? `The upload of ${this.chosen?.name ?? "the file"}` : "The connection";
    const text = cut
      ? `${name} ${sending ? CUT : "was cut. Nothing is lost; try again."}`
      : `${error instanceof Error ? error.message : error} Nothing was imported.`;
    this.again = cut ? "Try again" : "";
    this.tell(noticeNode("failed", text));
    this.drawFoot();
    this.busy(false);
    this.next.focus();
  }

  private tell(node: HTMLElement): void {
    if (!this.stop.signal.aborted) this.told.replaceChildren(node);
  }

  private busy(on: boolean): void {
    if (on) this.next.setAttribute("aria-busy", "true");
    else this.next.removeAttribute("aria-busy");
    this.back.disabled = on;
    this.file.input.disabled = on;
  }
}

function stageWords(job: SamplesJob): string {
  if (job.status === "created" || job.status === "queued") return "Waiting for a worker";
  return job.progress.done >= 1 ? "Writing the samples" : "Reading the rows";
}
