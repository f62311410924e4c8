import { getJson } from "../api/client";
import type { JobStatus, Progress } from "../api/types";
import { type Counters, isTerminal, sharesOf } from "../jobs/progress";
import { type Snapshot, Stream, type StreamMessage, socketAddress } from "../jobs/socket";
import { bar, byId, pageData } from "../ui/dom";
import { count } from "../ui/format";

const ROWS_MS = 1_500;

/** The list of jobs: figures change in place; a job that comes or changes its status asks anew. */
class JobsPage {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(project: string) {
    const stream = new Stream({
      socketUrl: socketAddress(`/ws/projects/${project}/`),
      fetchSince: (seq) => getJson<Snapshot>(`/api/v1/projects/${project}/events/?since=${seq}`),
      onMessage: (message) => this.onMessage(message),
      onReset: () => this.refresh(),
      onLink: (live) => {
        byId("jobs-live").textContent = live ? "Following live" : "Asking every 15 s";
      },
    });
    const form = byId<HTMLFormElement>("job-filters");
    form.addEventListener("input", () => this.remember(form));
    stream.start();
  }

  private onMessage(message: StreamMessage): void {
    if (message.type !== "counters" || typeof message.job !== "string") return;
    const row = document.querySelector<HTMLElement>(`[data-job="${CSS.escape(message.job)}"]`);
    const status = message.status as JobStatus;
    if (!row || row.dataset.status !== status || isTerminal(status)) this.refresh();
    if (row) this.show(row, message.progress as Progress, message.counters as Counters);
  }

  private show(row: HTMLElement, progress: Progress, counters: Counters): void {
    const text = (selector: string, words: string): void => {
      const cell = row.querySelector(selector);
      if (cell) cell.textContent = words;
    };
    text("[data-percent]", `${(progress.fraction * 100).toFixed(0)} %`);
    const failed = progress.failed ? `, ${count(progress.failed)} failed` : "";
    text("[data-counts]", `${count(progress.done)} of ${count(progress.total)}${failed}`);
    row.querySelector(".bar")?.replaceWith(bar(sharesOf(progress, counters)));
  }

  /** Rows are rendered by the server: htmx sends the filters and swaps the table in. */
  private refresh(): void {
    if (this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      void this.swap();
    }, ROWS_MS);
  }

  private async swap(): Promise<void> {
    const answer = await fetch(location.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    byId("job-table").replaceChildren(...fresh.body.childNodes);
  }

  /** The filters stand in the address, so that a link shows the same list. */
  private remember(form: HTMLFormElement): void {
    const query = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value) query.set(name, String(value));
    history.replaceState(null, "", query.size ? `?${query}` : location.pathname);
  }
}

new JobsPage(pageData<{ project: string }>("jobs-data").project);
