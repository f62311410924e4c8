import { ApiError, type Problem, postJson } from "../api/client";
import { bodyOf, controlsOf, curlText, FieldError, IdempotencyKeys, pathFor } from "../launch/form";
import { byId, element, icon, pageData } from "../ui/dom";
import { bytes, count, durationBand } from "../ui/format";

interface PageData {
  fixed: Record<string, unknown>;
  jobUrl: string;
}

interface Estimate {
  blocks: number;
  bytes_read: number;
  core_seconds: number;
  storage_bytes: number;
  eta_seconds: { low: number; high: number };
  cached_blocks: number;
  warnings: string[];
}

const ESTIMATE_DELAY_MS = 600;

class LaunchPage {
  private readonly form = byId<HTMLFormElement>("launch-form");
  private readonly button = byId<HTMLButtonElement>("launch-button");
  private readonly data = pageData<PageData>("launch-data");
  private readonly keys = new IdempotencyKeys();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked = 0;

  constructor() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.launch();
    });
    this.form.addEventListener("input", () => this.changed());
    byId("api-call").addEventListener("click", () => this.showCall());
    this.changed();
  }

  private body(): Record<string, unknown> {
    return bodyOf(controlsOf(this.form), this.data.fixed);
  }

  private async launch(): Promise<void> {
    this.clearErrors();
    this.button.disabled = true;
    this.button.setAttribute("aria-busy", "true");
    try {
      const body = this.body();
      const key = this.keys.keyFor(body);
      const job = await postJson<{ id: string }>("/api/v1/jobs/", body, { "Idempotency-Key": key });
      location.assign(this.data.jobUrl.replace("00000000-0000-0000-0000-000000000000", job.id));
      return;
    } catch (error) {
      if (error instanceof FieldError) this.fieldErrors({ [error.path]: [error.message] });
      else if (error instanceof ApiError) this.problem(error.problem);
      else throw error;
    }
    this.button.disabled = false;
    this.button.removeAttribute("aria-busy");
  }

  private problem(problem: Problem): void {
    const left = this.fieldErrors(problem.errors ?? {});
    const lines = [problem.detail, problem.advice, ...left].filter((line) => line);
    byId("form-errors").replaceChildren(
      element(
        "div",
        { class: "notice failed", role: "alert" },
        icon("failed"),
        element("div", {}, ...lines.map((line) => element("p", {}, line))),
      ),
    );
  }

  /** Shows errors beside their fields; returns the lines that belong to none of them. */
  private fieldErrors(errors: Record<string, string[]>): string[] {
    const nodes = [...this.form.querySelectorAll<HTMLElement>("[data-path]")];
    const paths = nodes.map((node) => node.dataset.path ?? "");
    const left: string[] = [];
    let first: HTMLElement | null = null;
    for (const [field, texts] of Object.entries(errors)) {
      const path = pathFor(field, paths);
      const node = nodes.find((candidate) => candidate.dataset.path === path);
      const place = path ? document.getElementById(`error-${path}`) : null;
      if (!node || !place) {
        left.push(`${field}: ${texts.join(" ")}`);
        continue;
      }
      place.textContent = texts.join(" ");
      place.hidden = false;
      node.setAttribute("aria-invalid", "true");
      const fold = node.closest("details");
      if (fold) fold.open = true;
      first ??= node;
    }
    first?.focus();
    return left;
  }

  private clearErrors(): void {
    byId("form-errors").replaceChildren();
    for (const node of this.form.querySelectorAll("[aria-invalid]")) {
      node.removeAttribute("aria-invalid");
    }
    for (const node of this.form.querySelectorAll<HTMLElement>(".error")) {
      node.textContent = "";
      node.hidden = true;
    }
  }

  private changed(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.estimate(), ESTIMATE_DELAY_MS);
  }

  private async estimate(): Promise<void> {
    this.asked += 1;
    const mine = this.asked;
    try {
      const answer = await postJson<Estimate>("/api/v1/jobs/estimate/", this.body());
      if (mine === this.asked) this.showEstimate(answer);
    } catch (error) {
      if (mine !== this.asked) return;
      byId("estimate").hidden = true;
      byId("estimate-note").textContent =
        error instanceof ApiError
          ? error.problem.detail
          : error instanceof FieldError
            ? `${error.path}: ${error.message}`
            : "No estimate.";
    }
  }

  private showEstimate(estimate: Estimate): void {
    byId("estimate").hidden = false;
    byId("estimate-note").textContent = "Recalculated after each change.";
    const { low, high } = estimate.eta_seconds;
    byId("estimate-time").textContent = durationBand(low, high);
    byId("estimate-blocks").textContent = count(estimate.blocks);
    byId("estimate-cached").textContent = `${count(estimate.cached_blocks)} reused`;
    byId("estimate-read").textContent = bytes(estimate.bytes_read);
    byId("estimate-storage").textContent = bytes(estimate.storage_bytes);
    byId("estimate-warnings").replaceChildren(
      ...estimate.warnings.map((line) =>
        element("p", { class: "notice" }, icon("attention"), element("span", {}, line)),
      ),
    );
  }

  private showCall(): void {
    try {
      byId("api-text").textContent = curlText(location.origin, this.body());
      byId<HTMLElement>("api-copy").dataset.text = byId("api-text").textContent ?? "";
      byId<HTMLDialogElement>("api-dialog").showModal();
    } catch (error) {
      if (error instanceof FieldError) this.fieldErrors({ [error.path]: [error.message] });
      else throw error;
    }
  }
}

new LaunchPage();
