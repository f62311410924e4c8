import { ApiError, getJson, postForm } from "../api/client";
import { isTerminal } from "../jobs/progress";
import { apiCallButton } from "../ui/api_call";
import { openDialog } from "../ui/dialog";
import { bar, element, icon } from "../ui/dom";
import { bytes } from "../ui/format";
import { field } from "./draft";
import {
  EXTENSIONS,
  fileObstacle,
  type ImportJob,
  megabytes,
  refusedRows,
  stageWords,
  uploadKey,
} from "./uploads";

export interface UploadOptions {
  project: string;
  limit: number;
  onDone(ids: string[]): void;
  onPlace(text: string): boolean;
}

const ASK_MS = 700;
const API = "/api/v1/aois/import/";
const pause = (ms: number): Promise<void> => new Promise((go) => setTimeout(go, ms));

/** Uploads a file and follows its import; what was chosen stays until it has worked. */
export class UploadDialog {
  private readonly salt = crypto.randomUUID();
  private readonly file = element("input", {
    class: "input",
    id: "upload-file",
    type: "file",
    accept: EXTENSIONS.join(","),
    "aria-describedby": "upload-file-help upload-file-error",
  });
  private readonly fileError = element("span", { class: "error", id: "upload-file-error" });
  private readonly nameField = element("input", { class: "input", id: "upload-name" });
  private readonly layer = element("input", { class: "input", id: "upload-layer" });
  private readonly crs = element("input", {
    class: "input",
    id: "upload-crs",
    placeholder: "EPSG:3035",
  });
  private readonly state = element("div", { class: "upload-state", "aria-live": "polite" });
  private readonly send = element("button", { class: "button primary", type: "button" }, "Upload");
  private readonly leave = element("button", { class: "button", type: "button" }, "Close");
  private readonly stop = new AbortController();
  private readonly opened: ReturnType<typeof openDialog>;
  private lenient = false;
  private over = false;

  constructor(private readonly options: UploadOptions) {
    this.send.addEventListener("click", () => void this.submit());
    this.leave.addEventListener("click", () => this.opened.close());
    this.file.addEventListener("change", () => this.fileChosen());
    this.opened = openDialog({
      title: "Upload areas",
      body: this.form(),
      actions: [apiCallButton(() => this.call()), this.leave, this.send],
      onClose: () => this.closed(),
    });
  }

  private form(): HTMLElement {
    const help = element(
      "span",
      { class: "help", id: "upload-file-help" },
      `GeoJSON, GeoPackage or zipped Shapefile with polygons, in any CRS, up to ${megabytes(this.options.limit)}.`,
    );
    const more = element(
      "details",
      { class: "advanced" },
      element("summary", {}, "More about the file"),
      element(
        "div",
        {},
        field("upload-name", "Column with the names", this.nameField, hint("name, when empty")),
        field("upload-layer", "Layer", this.layer, hint("of a file with several layers")),
        field("upload-crs", "CRS", this.crs, hint("only when the file does not say its own")),
      ),
    );
    return element(
      "div",
      { class: "stack" },
      field("upload-file", "File", this.file, help, this.fileError),
      more,
      this.state,
    );
  }

  private get chosen(): File | null {
    return this.file.files?.[0] ?? null;
  }

  private get given(): Record<string, string> {
    const values: Record<string, string> = {
      name_field: this.nameField.value.trim(),
      layer: this.layer.value.trim(),
      crs: this.crs.value.trim(),
      skip_invalid: this.lenient ? "true" : "",
    };
    return Object.fromEntries(Object.entries(values).filter(([, value]) => value));
  }

  private call(): { method: string; path: string; body: unknown } {
    const file = `(multipart/form-data: the file ${this.chosen?.name ?? ""})`;
    return {
      method: "POST",
      path: API,
      body: { project: this.options.project, ...this.given, file },
    };
  }

  private fileChosen(): void {
    const obstacle = this.chosen ? fileObstacle(this.chosen, this.options.limit) : "";
    this.fileError.textContent = obstacle ?? "";
    this.file.setAttribute("aria-invalid", String(Boolean(obstacle)));
    this.lenient = false;
    this.state.replaceChildren();
    this.send.textContent = "Upload";
  }

  private async submit(): Promise<void> {
    const file = this.chosen;
    const obstacle = fileObstacle(file, this.options.limit);
    this.fileError.textContent = obstacle ?? "";
    if (obstacle || !file) {
      this.file.focus();
      return;
    }
    this.busy(true);
    try {
      const job = await this.upload(file);
      await this.follow(job);
    } catch (error) {
      if (!this.stop.signal.aborted) this.refused(error, file);
    }
    this.busy(false);
  }

  private upload(file: File): Promise<ImportJob> {
    const form = new FormData();
    form.set("project", this.options.project);
    for (const [name, value] of Object.entries(this.given)) form.set(name, value);
    form.set("file", file);
    this.progress(`Sending ${file.name}`, 0);
    return postForm<ImportJob>(API, form, {
      headers: { "Idempotency-Key": uploadKey(file, this.given, this.salt) },
      signal: this.stop.signal,
      onProgress: (sent, total) =>
        this.progress(`Sending ${file.name}: ${bytes(sent)} of ${bytes(total)}`, sent / total),
    });
  }

  private async follow(begun: ImportJob): Promise<void> {
    let job = begun;
    while (!isTerminal(job.status)) {
      this.progress(stageWords(job), null, job.id);
      await pause(ASK_MS);
      if (this.stop.signal.aborted) return;
      job = await getJson<ImportJob>(`/api/v1/jobs/${job.id}/`, this.stop.signal).catch(() => job);
    }
    if (job.status === "finished") this.finished(job);
    else this.failed(job);
  }

  private finished(job: ImportJob): void {
    const created = job.result?.created ?? 0;
    const words = `${created} area${created === 1 ? "" : "s"} created.`;
    this.state.replaceChildren(this.notice("good", words), ...this.rows(job));
    this.options.onDone(job.result?.aois ?? []);
    this.over = true;
    this.leave.textContent = "Show on the map";
    this.leave.classList.add("primary");
    this.send.hidden = true;
    this.leave.focus();
  }

  private failed(job: ImportJob): void {
    const rows = refusedRows(job);
    const text = rows.length
      ? `Nothing was imported: ${rows.length} row${rows.length === 1 ? " was" : "s were"} refused.`
      : [job.error?.message, job.error?.advice].filter(Boolean).join(" ");
    this.state.replaceChildren(
      this.notice("failed", text || "The import ended without a result."),
      ...this.rows(job),
    );
    this.send.textContent = "Upload again";
    if (rows.length === 0) return;
    const others = element("button", { class: "button", type: "button" }, "Import the other rows");
    others.addEventListener("click", () => {
      this.lenient = true;
      void this.submit();
    });
    this.state.append(others);
  }

  /** The upload itself did not work: cut, too large, refused. Nothing was imported. */
  private refused(error: unknown, file: File): void {
    const problem = error instanceof ApiError ? error.problem : null;
    const cut = !problem || problem.status === 0;
    const text = cut
      ? `The upload of ${file.name} was cut. Nothing was imported; the file is still chosen.`
      : `${error instanceof Error ? error.message : error} Nothing was imported.`;
    this.state.replaceChildren(this.notice("failed", text));
    this.send.textContent = cut ? "Try again" : "Upload";
    this.busy(false);
    this.send.focus();
  }

  private rows(job: ImportJob): HTMLElement[] {
    const rows = refusedRows(job);
    if (rows.length === 0) return [];
    const body = element("tbody", {});
    for (const { row, message } of rows.slice(0, 200)) {
      const cell = element("td", {}, message);
      const show = element("button", { class: "button quiet small", type: "button" }, "Show");
      show.addEventListener("click", () => {
        if (this.options.onPlace(message)) this.opened.close();
      });
      if (/longitude/.test(message)) cell.append(" ", show);
      body.append(element("tr", {}, element("th", { scope: "row" }, row ? `${row}` : "–"), cell));
    }
    const head = element("thead", {}, element("tr", {}, th("Row"), th("Why it was refused")));
    const table = element("table", { class: "table", "aria-label": "Refused rows" }, head, body);
    return [element("div", { class: "table-wrap upload-rows", tabindex: 0 }, table)];
  }

  private progress(text: string, share: number | null, job?: string): void {
    const node = element("div", { class: "upload-progress" }, element("span", {}, text));
    if (share === null) node.prepend(icon("running", "icon tone-running spin"));
    else node.append(bar([{ share, kind: "done" }]));
    if (job) node.append(element("a", { href: `/jobs/${job}/` }, "Open the job"));
    this.state.replaceChildren(node);
  }

  private notice(tone: "good" | "failed", text: string): HTMLElement {
    const kind = tone === "failed" ? "notice failed" : "notice info";
    const role = tone === "failed" ? "alert" : null;
    return element("div", { class: kind, role }, icon(tone), element("span", {}, text));
  }

  private busy(on: boolean): void {
    this.send.disabled = on;
    this.file.disabled = on;
    this.send.setAttribute("aria-busy", String(on));
  }

  private closed(): void {
    if (!this.over) this.stop.abort();
  }
}

const hint = (text: string): HTMLElement => element("span", { class: "help" }, text);
const th = (text: string): HTMLElement => element("th", { scope: "col" }, text);
