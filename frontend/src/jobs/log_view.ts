import { getJson } from "../api/client";
import { element, icon } from "../ui/dom";
import { clock } from "../ui/format";
import { readState, writeState } from "../ui/permalink_state";

export interface LogLine {
  id: number;
  at: string;
  level: "info" | "warning" | "error";
  step: string | null;
  message: string;
}

const PAGE = 200;
const MOST = 1000;
const TONES = { warning: "attention", error: "failed" } as const;

/** What the API is asked for a level of the filter. */
export function levelQuery(level: string): Record<string, string> {
  if (level === "all") return {};
  if (level === "warning" || level === "error") return { level };
  return { routine: "false" };
}

function lineOf(line: LogLine): HTMLLIElement {
  const tone = line.level === "info" ? null : TONES[line.level];
  const kind = element("span", { class: `kind${tone ? ` tone-${tone}` : ""}` });
  if (tone) kind.append(icon(tone), element("span", { class: "sr-only" }, line.level));
  kind.append(line.step ?? "job");
  return element(
    "li",
    {},
    element("time", { datetime: line.at }, clock(line.at)),
    kind,
    element("span", { class: "text" }, line.message),
  );
}

/** The log of an attempt, newest line first; follows while the box is ticked. */
export class LogView {
  private last = 0;
  private asking = false;
  private again = false;
  private waiting = 0;
  private typed: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly path: string,
    private readonly run: number,
    private readonly list: HTMLElement,
    private readonly form: HTMLFormElement,
    private readonly download: HTMLAnchorElement,
  ) {
    const state = readState();
    this.field<HTMLSelectElement>("level").value = state.get("level") ?? "notable";
    this.field<HTMLInputElement>("q").value = state.get("log") ?? "";
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", (event) => {
      if ((event.target as HTMLInputElement).name === "follow") this.news();
      else {
        clearTimeout(this.typed);
        this.typed = setTimeout(() => this.reload(), 250);
      }
    });
    this.reload();
  }

  /** There may be new lines: fetches them while following, else counts that something came. */
  news(): void {
    if (!this.field<HTMLInputElement>("follow").checked) {
      this.waiting += 1;
      this.list.classList.toggle("stale", this.waiting > 0);
      return;
    }
    this.list.classList.remove("stale");
    this.waiting = 0;
    void this.fetchNew();
  }

  private field<T extends HTMLElement>(name: string): T {
    return this.form.elements.namedItem(name) as unknown as T;
  }

  private query(more: Record<string, string>): string {
    const level = this.field<HTMLSelectElement>("level").value;
    const q = this.field<HTMLInputElement>("q").value.trim();
    const query = new URLSearchParams({
      run: String(this.run),
      ...levelQuery(level),
      ...(q ? { q } : {}),
      ...more,
    });
    return query.toString();
  }

  private reload(): void {
    const level = this.field<HTMLSelectElement>("level").value;
    writeState({
      level: level === "notable" ? null : level,
      log: this.field<HTMLInputElement>("q").value.trim() || null,
    });
    this.download.href = `${this.path}download/?${this.query({})}`;
    void this.fetchAll();
  }

  private async fetchAll(): Promise<void> {
    const query = this.query({ order: "desc", page_size: String(PAGE) });
    try {
      const { results } = await getJson<{ results: LogLine[] }>(`${this.path}?${query}`);
      this.last = results[0]?.id ?? 0;
      this.list.replaceChildren(...(results.length ? results.map(lineOf) : [this.nothing()]));
    } catch (error) {
      this.list.replaceChildren(this.said(`The log could not be read: ${String(error)}`));
    }
  }

  private async fetchNew(): Promise<void> {
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = true;
    const query = this.query({ since: String(this.last), page_size: String(PAGE) });
    try {
      const answer = await getJson<{ results: LogLine[]; count: number }>(`${this.path}?${query}`);
      if (answer.count > PAGE) await this.fetchAll();
      else this.prepend(answer.results);
    } catch {
      // The next message asks again.
    } finally {
      this.asking = false;
      if (this.again) {
        this.again = false;
        void this.fetchNew();
      }
    }
  }

  private prepend(lines: LogLine[]): void {
    const newest = lines.at(-1);
    if (!newest) return;
    if (this.last === 0) this.list.replaceChildren();
    this.last = newest.id;
    const above = this.list.scrollTop;
    const height = this.list.scrollHeight;
    this.list.prepend(...[...lines].reverse().map(lineOf));
    while (this.list.children.length > MOST) this.list.lastElementChild?.remove();
    // Who reads further down keeps the lines under the eyes.
    if (above > 4) this.list.scrollTop = above + this.list.scrollHeight - height;
  }

  private nothing(): HTMLLIElement {
    const filtered = this.field<HTMLInputElement>("q").value.trim() !== "";
    return this.said(filtered ? "No line fits the filter." : "No line of this level yet.");
  }

  private said(text: string): HTMLLIElement {
    return element("li", {}, element("span", {}), element("span", { class: "text" }, text));
  }
}
