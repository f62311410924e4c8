import { ApiError, getJson, postJson } from "../api/client";
import { type Snapshot, Stream, socketAddress } from "../jobs/socket";
import { apiCallButton } from "../ui/api_call";
import { openDialog } from "../ui/dialog";
import { bar, element, icon } from "../ui/dom";
import { ENDS, importedWords, shareDone, stageLines } from "./import_words";
import type { ImportProgress } from "./types";
import { button, notice } from "./words";

const PATH = "/api/v1/catalog/imports/";
const NOT_OFTENER_MS = 400;

/** Asks for a catalogue and shows what its import finds, until it ends. */
export class ImportDialog {
  private stream: Stream | null = null;
  private asked = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private job = "";

  constructor(
    private readonly project: string,
    private readonly jobUrl: string,
    private readonly imported: () => void,
  ) {}

  open(): void {
    const input = element("input", {
      class: "input",
      id: "import-href",
      name: "href",
      required: true,
      autocomplete: "off",
      spellcheck: "false",
      placeholder: "https://… or a folder",
      "aria-describedby": "import-help import-error",
    });
    const error = element("span", { class: "error", id: "import-error", role: "alert" });
    const field = element(
      "div",
      { class: "field" },
      element("label", { for: "import-href" }, "Address or path"),
      input,
      error,
      element(
        "span",
        { class: "help", id: "import-help" },
        "A STAC API (also a search with its parameters), a catalogue, collection, item collection or item. " +
          "A path lies below an allowed root of this installation; a folder means its catalog.json.",
      ),
    );
    const go = element("button", { type: "submit", class: "button primary" }, "Import");
    const form = element("form", { class: "stack", novalidate: true }, field);
    const call = apiCallButton(() => ({
      method: "POST",
      path: PATH,
      body: { project: this.project, href: input.value.trim() },
    }));
    const keep = button("Close", () => opened.close());
    form.append(element("div", { class: "foot" }, call, keep, go));
    const opened = openDialog({
      title: "Import a catalogue",
      body: form,
      onClose: () => this.stop(),
      wide: true,
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send(form, input, error, go);
    });
    input.focus();
  }

  private async send(
    form: HTMLElement,
    input: HTMLInputElement,
    error: HTMLElement,
    go: HTMLButtonElement,
  ): Promise<void> {
    const href = input.value.trim();
    const refuse = (lines: string[]): void => {
      input.setAttribute("aria-invalid", "true");
      error.replaceChildren(...lines.map((line) => element("span", { class: "line" }, line)));
      input.focus();
    };
    input.removeAttribute("aria-invalid");
    error.textContent = "";
    if (!href) return refuse(["Give an address or a path."]);
    go.setAttribute("aria-busy", "true");
    go.disabled = true;
    try {
      const job = await postJson<{ id: string }>(PATH, { project: this.project, href });
      this.follow(form, job.id);
    } catch (reason) {
      const problem = reason instanceof ApiError ? reason.problem : null;
      const text = problem?.errors?.href?.[0] ?? problem?.detail ?? String(reason);
      refuse([text, problem?.advice ?? ""].filter(Boolean));
    } finally {
      go.disabled = false;
      go.removeAttribute("aria-busy");
    }
  }

  private follow(form: HTMLElement, job: string): void {
    this.job = job;
    const body = element("div", { class: "stack import-progress" });
    form.replaceWith(body);
    const refresh = (): void => this.soon(body);
    this.stream = new Stream({
      socketUrl: socketAddress(`/ws/jobs/${job}/`),
      fetchSince: (seq) => getJson<Snapshot>(`/api/v1/jobs/${job}/events/?since=${seq}`),
      onMessage: refresh,
      onReset: refresh,
      pollMs: 3000,
    });
    this.stream.start();
    refresh();
  }

  /** Asks at most every 400 ms, and once a second even without a message. */
  private soon(body: HTMLElement): void {
    clearTimeout(this.timer);
    const wait = Math.max(0, this.asked + NOT_OFTENER_MS - Date.now());
    this.timer = setTimeout(() => void this.ask(body), wait);
  }

  private async ask(body: HTMLElement): Promise<void> {
    this.asked = Date.now();
    const told = await getJson<ImportProgress>(`${PATH}${this.job}/`).catch(() => null);
    if (!this.stream) return;
    if (told) this.show(body, told);
    if (told && ENDS.has(told.status)) {
      this.stop();
      this.imported();
      return;
    }
    this.timer = setTimeout(() => void this.ask(body), 1000);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.stream?.stop();
    this.stream = null;
  }

  private show(body: HTMLElement, told: ImportProgress): void {
    const share = shareDone(told);
    const lines = stageLines(told).map(({ word, detail, state }) => {
      const name = { done: "good", running: "running", waiting: "waiting", failed: "failed" }[
        state
      ];
      const mark = icon(name, `icon tone-${name}${state === "running" ? " spin" : ""}`);
      const said = { done: "done", running: "under way", waiting: "waiting", failed: "stopped" };
      return element(
        "li",
        {},
        mark,
        element("b", {}, word),
        element("span", { class: "note" }, detail || said[state]),
      );
    });
    const over = ENDS.has(told.status);
    body.replaceChildren(
      element("p", { class: "mono href" }, told.href),
      bar([{ share, kind: over && share < 1 ? "lost" : "done" }], "bar tall"),
      element("ol", { class: "stages", "aria-live": "polite" }, ...lines),
      ...(over ? this.outcome(told) : []),
      this.links(told, over),
    );
  }

  private outcome(told: ImportProgress): HTMLElement[] {
    if (told.error) {
      const lines = [told.error.message, told.error.advice].filter(Boolean);
      return [
        element(
          "div",
          { class: "notice failed", role: "alert" },
          icon("failed"),
          element("div", {}, ...lines.map((line) => element("p", {}, line))),
        ),
      ];
    }
    const found: HTMLElement[] = [notice(`Done: ${importedWords(told)}.`, "info")];
    if (told.errors.length) found.push(this.problems(told));
    return found;
  }

  private problems(told: ImportProgress): HTMLElement {
    const rows = told.errors.map((row) =>
      element(
        "li",
        {},
        element("b", {}, row.asset ? `${row.item}, ${row.asset}` : row.item),
        element("p", {}, row.message),
        row.advice ? element("p", { class: "note" }, row.advice) : null,
      ),
    );
    const more = (told.error_count ?? 0) - rows.length;
    const box = element("details", { class: "problems", open: true });
    box.append(element("summary", {}, `${told.error_count ?? rows.length} problems`));
    box.append(element("ul", {}, ...rows));
    if (more > 0) box.append(element("p", { class: "note" }, `and ${more} more on the job's page`));
    return box;
  }

  private links(told: ImportProgress, over: boolean): HTMLElement {
    const address = this.jobUrl.replace("00000000-0000-0000-0000-000000000000", told.job);
    const link = element("a", { class: "button quiet small", href: address }, "Job page");
    const foot = element("div", { class: "foot" }, link);
    const again = told.error || told.status === "canceled";
    if (over && again) {
      foot.append(
        button("Try another", () => {
          foot.closest("dialog")?.close();
          this.open();
        }),
      );
    }
    const close = button(
      over ? "Show the scenes" : "Go on in the background",
      () => foot.closest("dialog")?.close(),
      over ? "button primary" : "button",
    );
    foot.append(close);
    return foot;
  }
}
