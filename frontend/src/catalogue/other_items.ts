import { getJson } from "../api/client";
import type { BBox } from "../map/setup";
import { byId, element, icon } from "../ui/dom";
import { type Selection, selectionLink } from "./freeze_dialog";
import type { PageData, SceneFeature } from "./types";
import { button, dateWords, notice } from "./words";

interface Reference {
  id: string;
  item_id: string;
  collection: string;
  description: string;
  bbox: BBox;
  datetime: string | null;
  flagged_reason: string | null;
  assets: { key: string; href: string; title: string }[];
}

interface Page<T> {
  count: number;
  next: string | null;
  results?: T[];
  features?: T[];
}

export type OtherTab = "statics" | "references" | "selections";

const COUNTED: readonly [OtherTab | "scenes", string][] = [
  ["scenes", "/api/v1/catalog/scenes/"],
  ["statics", "/api/v1/catalog/statics/"],
  ["references", "/api/v1/catalog/references/"],
  ["selections", "/api/v1/scene-selections/"],
];

/** Static layers, reference items and frozen selections: short lists, read when first opened. */
export class OtherItems {
  private readonly read = new Set<OtherTab>();

  constructor(
    private readonly data: PageData,
    private readonly zoom: (box: BBox) => void,
  ) {}

  /** Reads the lists anew when they are opened next, and the figures on the tabs now. */
  forget(): void {
    this.read.clear();
    for (const [name, path] of COUNTED) {
      getJson<Page<unknown>>(`${path}?project=${this.data.project}&page_size=1`)
        .then(({ count }) => {
          const figure = byId(`tab-${name}`).querySelector("span");
          if (figure) figure.textContent = count.toLocaleString("en-US");
        })
        .catch(() => undefined);
      if (name !== "scenes" && !byId(`side-${name}`).hidden) void this.open(name);
    }
  }

  async open(tab: OtherTab): Promise<void> {
    if (this.read.has(tab)) return;
    this.read.add(tab);
    const holder = byId(`side-${tab}`);
    if (!holder.childElementCount) holder.append(element("div", { class: "skeleton" }));
    try {
      holder.replaceChildren(...(await this.lines(tab)));
    } catch (error) {
      this.read.delete(tab);
      const box = notice(error instanceof Error ? error.message : "The list cannot be read.");
      box.append(button("Try again", () => void this.open(tab), "button small"));
      holder.replaceChildren(box);
    }
  }

  private async lines(tab: OtherTab): Promise<HTMLElement[]> {
    const { project } = this.data;
    if (tab === "statics") {
      const rows = await this.all<SceneFeature>(`/api/v1/catalog/statics/?project=${project}`);
      const why =
        "Elevation, slope or another map without a band of a sensor. A catalogue's import lists them here.";
      return rows.length
        ? rows.map((row) => this.staticRow(row))
        : [empty("No static layers.", why)];
    }
    if (tab === "references") {
      const rows = await this.all<Reference>(`/api/v1/catalog/references/?project=${project}`);
      const why =
        "Items with labels. A catalogue's import lists them here; their files become samples.";
      return rows.length
        ? rows.map((row) => this.referenceRow(row))
        : [empty("No reference items.", why)];
    }
    const rows = await this.all<Selection>(`/api/v1/scene-selections/?project=${project}`);
    const why =
      "Search for scenes, then freeze what you found: a job and its repetition use the same imagery.";
    return rows.length
      ? rows.map((row) => this.selectionRow(row))
      : [empty("No frozen selections.", why)];
  }

  /** These lists are short; a thousand rows are read at most. */
  private async all<T>(address: string): Promise<T[]> {
    const found: T[] = [];
    for (let page = 1; page <= 2; page += 1) {
      const answer = await getJson<Page<T>>(`${address}&page_size=500&page=${page}`);
      found.push(...(answer.results ?? answer.features ?? []));
      if (!answer.next) break;
    }
    return found;
  }

  private staticRow(row: SceneFeature): HTMLElement {
    const names = Object.keys(row.assets).join(", ");
    const box = card(row.properties.item_id, [row.collection, dateWords(row.properties.datetime)]);
    box.append(element("p", { class: "note" }, names));
    if (row.properties.flagged_reason)
      box.append(notice(row.properties.flagged_reason, "attention"));
    const review = `/projects/${this.data.slug}/map/?stack=t.${row.id}`;
    const link = element("a", { class: "button small", href: review }, icon("map"), "Look at it");
    const foot = element("div", { class: "item-foot" }, link, this.zoomButton(row.bbox));
    for (const [key, asset] of Object.entries(row.assets).slice(0, 4)) {
      foot.append(download(key, asset.href));
    }
    box.append(foot);
    return box;
  }

  private referenceRow(row: Reference): HTMLElement {
    const box = card(row.item_id, [row.collection, dateWords(row.datetime)]);
    if (row.description) box.append(element("p", {}, row.description));
    if (row.flagged_reason) box.append(notice(row.flagged_reason, "attention"));
    const foot = element("div", { class: "item-foot" });
    if (this.data.mayEdit && row.assets.length) {
      const href = `${this.data.importSamples}?reference=${row.id}`;
      foot.append(
        element("a", { class: "button small", href }, icon("samples"), "Import as samples"),
      );
    }
    foot.append(this.zoomButton(row.bbox));
    for (const asset of row.assets.slice(0, 4)) foot.append(download(asset.key, asset.href));
    box.append(foot);
    return box;
  }

  private selectionRow(row: Selection): HTMLElement {
    const scenes = `${row.count.toLocaleString("en-US")} scenes`;
    const box = card(row.name || wordsOfSpec(row.spec), [scenes, dateWords(row.created_at)]);
    box.append(element("p", { class: "mono", title: row.checksum }, row.checksum.slice(0, 16)));
    if (this.data.mayEdit) {
      const href = selectionLink(this.data.launch, row.id);
      const use = element("a", { class: "button small", href }, icon("launch"), "Use in launch");
      box.append(element("div", { class: "item-foot" }, use));
    }
    return box;
  }

  private zoomButton(box: BBox): HTMLElement {
    const node = button("Zoom", () => this.zoom(box), "button quiet small");
    node.prepend(icon("target"));
    return node;
  }
}

function wordsOfSpec(spec: Record<string, unknown>): string {
  const words = Object.values(spec).map((value) => String(value));
  return words.length ? words.join(" · ") : "All imagery";
}

function card(title: string, notes: string[]): HTMLElement {
  return element(
    "article",
    { class: "item-card" },
    element("h3", { title }, title),
    element("p", { class: "note" }, notes.join(" · ")),
  );
}

function download(key: string, href: string): HTMLElement {
  return element("a", { class: "button quiet small", href, download: true }, icon("download"), key);
}

export function empty(what: string, why: string, act?: HTMLElement): HTMLElement {
  return element(
    "div",
    { class: "empty" },
    element("strong", {}, what),
    element("p", {}, why),
    act,
  );
}
