import { ApiError, getJson, postJson } from "../api/client";
import { apiCallButton } from "../ui/api_call";
import { whileBusy } from "../ui/busy";
import { confirmDialog } from "../ui/dialog";
import { element, icon } from "../ui/dom";
import { count } from "../ui/format";
import { toast } from "../ui/toast";
import { type ClassEntry, classWords } from "./model";
import { ago } from "./table";

export interface Version {
  id: string;
  number: number;
  checksum: string;
  count: number;
  class_counts: Record<string, number>;
  created_at: string;
  created_by: string | null;
}

export interface VersionsOptions {
  set: { id: string; name: string };
  classes: readonly ClassEntry[];
  mayFreeze: boolean;
  /** Whoever may read labels may take a version home. */
  mayExport: boolean;
}

interface SetNow {
  count: number;
  version: number | null;
  class_counts: Record<string, number>;
}

const MEANING =
  "A version is a copy that never changes: the labelled samples of status new and ok at that moment. " +
  "A model names the version it was trained from; later edits of the set do not touch it.";

/** What a freeze would take, in words, before anything is done. */
export function freezeWords(now: SetNow): string {
  const usable = Object.values(now.class_counts).reduce((sum, n) => sum + n, 0);
  const told = Object.keys(now.class_counts).length > 0;
  const next = `version ${(now.version ?? 0) + 1}`;
  if (!told) return `What is labelled and of status new or ok becomes ${next}.`;
  const left = now.count - usable;
  const rest = left
    ? ` ${count(left)} without a label or of status suspect or rejected stay${left === 1 ? "s" : ""} out.`
    : "";
  return `${count(usable)} of ${count(now.count)} samples become ${next}.${rest}`;
}

/** The frozen versions of a set, and the act that makes the next one. */
export class VersionsPanel {
  private readonly home: string;
  private readonly list = element("div", { "aria-live": "polite" });

  constructor(
    host: HTMLElement,
    private readonly options: VersionsOptions,
  ) {
    this.home = `/api/v1/sample-sets/${options.set.id}/`;
    const title = element("header", {}, element("h2", {}, "Versions"));
    if (options.mayFreeze) title.append(this.freezeButton());
    const meaning = element(
      "details",
      { class: "versions-meaning" },
      element("summary", {}, "What a frozen version means"),
      element("p", { class: "note" }, MEANING),
    );
    const call = apiCallButton(() =>
      options.mayFreeze
        ? { method: "POST", path: `${this.home}freeze/` }
        : { method: "GET", path: `${this.home}versions/` },
    );
    host.replaceChildren(title, this.list, meaning, call);
    void this.read();
  }

  private freezeButton(): HTMLElement {
    const button = element("button", { class: "button small", type: "button" }, "Freeze…");
    button.addEventListener("click", () => void whileBusy(button, () => this.freeze()));
    return button;
  }

  private async read(): Promise<void> {
    try {
      const url = `${this.home}versions/?page_size=100`;
      const { results } = await getJson<{ results: Version[] }>(url);
      this.draw(results);
    } catch (error) {
      const text = error instanceof ApiError ? error.message : "The versions could not be read.";
      this.list.replaceChildren(element("p", { class: "note" }, text));
    }
  }

  private draw(versions: readonly Version[]): void {
    if (versions.length === 0) {
      const how = this.options.mayFreeze
        ? "Freeze the set once its labels are good; training a model from it freezes it by itself."
        : "A producer freezes the set; training a model from it does so by itself.";
      this.list.replaceChildren(element("p", { class: "note" }, `Not frozen yet. ${how}`));
      return;
    }
    const rows = versions.map((version) => this.row(version));
    this.list.replaceChildren(element("ol", { class: "versions" }, ...rows));
  }

  private row(version: Version): HTMLElement {
    const { classes, mayExport } = this.options;
    const number = `Version ${version.number}`;
    const parts = Object.entries(version.class_counts).map(
      ([code, n]) => `${classWords(classes, Number(code))}: ${count(n)}`,
    );
    const file = element(
      "a",
      {
        class: "button quiet square small",
        href: `${this.home}versions/${version.number}/export/`,
        download: true,
        "aria-label": `Download ${number.toLowerCase()} as GeoJSON`,
        title: "GeoJSON of the samples as they were frozen",
      },
      icon("download"),
    );
    const when = element("time", { datetime: version.created_at }, ago(version.created_at));
    return element(
      "li",
      {},
      element("b", {}, number),
      element(
        "span",
        { class: "versions-count", title: parts.join("\n") },
        `${count(version.count)} samples`,
      ),
      mayExport ? file : null,
      element("span", { class: "what" }, when, ` by ${version.created_by ?? "a program"}`),
      element(
        "span",
        { class: "mono what", title: `SHA-256 ${version.checksum}` },
        version.checksum.slice(0, 12),
      ),
    );
  }

  private async freeze(): Promise<void> {
    try {
      const now = await getJson<SetNow>(this.home);
      const body = element(
        "div",
        { class: "stack" },
        element("p", {}, freezeWords(now)),
        element("p", { class: "note" }, MEANING),
      );
      const title = `Freeze ${this.options.set.name}?`;
      if (!(await confirmDialog({ title, body, act: "Freeze the set", keep: "Not now" }))) return;
      const made = await postJson<Version>(`${this.home}freeze/`, {});
      const same = made.number === now.version;
      const words = same
        ? `Nothing has changed since version ${made.number}; it stays the last one.`
        : `Version ${made.number} is frozen with ${count(made.count)} samples.`;
      toast(words, "good");
      await this.read();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(`Not frozen. ${error.message}`, "failed");
    }
  }
}
