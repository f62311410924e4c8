import type { BBox } from "../map/setup";
import { byId, element, icon } from "../ui/dom";
import { bytes, count, duration, durationBand } from "../ui/format";

export interface Notice {
  level: "good" | "attention";
  text: string;
  aside?: string;
  bbox?: BBox;
  aoi?: string;
  sample_set?: string;
  feature_set?: string;
  scenes?: boolean;
}

export interface Estimate {
  blocks: number;
  bytes_read: number;
  core_seconds: number;
  storage_bytes: number;
  eta_seconds: { low: number; high: number };
  cached_blocks: number;
  warnings: string[];
  notices: Notice[];
  rates: { kind: "nominal" | "measured"; runs: number };
  workers: number;
  jobs: number;
  areas: { aoi: string | null; blocks: number }[];
  outline?: {
    bbox: BBox;
    boundary: GeoJSON.Geometry;
    blocks: GeoJSON.Geometry | null;
  } | null;
}

export interface Blocker {
  text: string;
  label: string;
  path: string | null;
}

const LARGE_BLOCKS = 2_000;
const LARGE_SECONDS = 3_600;

/** Whether a launch asks once more before it starts. */
export function isLarge(estimate: Estimate): boolean {
  const { blocks, jobs, eta_seconds: eta } = estimate;
  return jobs > 1 || blocks >= LARGE_BLOCKS || eta.high >= LARGE_SECONDS;
}

const plural = (number: number, word: string): string =>
  `${count(number)} ${word}${number === 1 ? "" : "s"}`;

/** What the primary button says: how much it starts, or how much hinders it. */
export function buttonLabel(estimate: Estimate | null, blockers: number, maps: boolean): string {
  if (blockers > 0) return plural(blockers, "blocker");
  if (!estimate) return "Launch";
  if (estimate.jobs > 1) return `Launch ${plural(estimate.jobs, "job")}`;
  return maps ? `Launch ${plural(estimate.blocks, "block")}` : "Launch 1 job";
}

/** Core time: hours from one hour on. */
export function coreTime(seconds: number): string {
  return seconds < 3_600 ? duration(seconds) : `${(seconds / 3_600).toFixed(1)} core-hours`;
}

export function basisText({ rates }: Estimate): string {
  if (rates.kind === "nominal") return "nominal rates";
  return `measured on the last ${plural(rates.runs, "run")} here`;
}

export interface Places {
  slug: string;
  areaName(id: string): string | undefined;
  show(bbox: BBox): void;
  go(path: string): void;
}

export function showEstimate(estimate: Estimate, maps: boolean): void {
  byId("estimate").hidden = false;
  byId("estimate-note").textContent = "recalculated after each change";
  byId("estimate-basis").textContent = basisText(estimate);
  const { low, high } = estimate.eta_seconds;
  byId("estimate-time").textContent = durationBand(low, high);
  byId("estimate-workers").textContent = plural(estimate.workers, "worker");
  byId("estimate-cost").textContent = coreTime(estimate.core_seconds);
  byId("estimate-read").textContent = bytes(estimate.bytes_read);
  byId("estimate-storage").textContent = bytes(estimate.storage_bytes);
  byId("estimate-blocks").textContent = maps ? count(estimate.blocks) : "–";
  const fresh = estimate.blocks - estimate.cached_blocks;
  byId("estimate-cached").textContent = maps
    ? `${count(fresh)} new, ${count(estimate.cached_blocks)} reused`
    : "no map";
}

function placeOf(notice: Notice, places: Places): HTMLElement | null {
  const { bbox, sample_set: samples, feature_set: features, scenes } = notice;
  if (bbox) {
    const button = element("button", { class: "link", type: "button" }, "Show");
    button.addEventListener("click", () => places.show(bbox));
    return button;
  }
  const home = `/projects/${places.slug}`;
  if (samples) return element("a", { href: `${home}/samples/?set=${samples}` }, "Samples");
  if (features) return element("a", { href: `${home}/features/?set=${features}` }, "Features");
  return scenes ? element("a", { href: `${home}/scenes/` }, "Scenes") : null;
}

export function showNotices(notices: Notice[], blockers: Blocker[], places: Places): void {
  const bad = blockers.map(({ label, text, path }) => {
    const line = element(
      "li",
      { class: "check-line blocker" },
      icon("failed", "icon tone-failed"),
      element("span", { class: "text" }, label ? `${label}: ${text}` : text),
    );
    if (path) {
      const button = element("button", { class: "link", type: "button" }, "Go there");
      button.addEventListener("click", () => places.go(path));
      line.append(button);
    }
    return line;
  });
  const rest = notices.map((notice) => {
    const tone = notice.level === "good" ? "good" : "attention";
    const area = notice.aoi && places.areaName(notice.aoi);
    return element(
      "li",
      { class: "check-line" },
      icon(tone, `icon tone-${tone}`),
      element("span", { class: "text" }, area ? `${area}: ${notice.text}` : notice.text),
      notice.aside ? element("span", { class: "aside" }, notice.aside) : placeOf(notice, places),
    );
  });
  byId("estimate-notices").replaceChildren(...bad, ...rest);
}
