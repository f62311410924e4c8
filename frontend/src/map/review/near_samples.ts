import { getJson } from "../../api/client";
import { element, icon, swatch } from "../../ui/dom";
import { addPixelSection } from "./hooks";
import { reasonOf } from "./reasons";
import type { Place } from "./state";

export interface NearSample {
  id: string;
  sample_set: { id: string; name: string };
  purpose: string;
  status: string;
  distance_m: number;
  center: [number, number];
  labels: boolean;
  label: { code: number; name: string; color: string } | null;
}

const CLOSE_ZOOM = 17;
const STATUS: Record<string, { word: string; tone: string }> = {
  new: { word: "New", tone: "waiting" },
  ok: { word: "Checked", tone: "good" },
  suspect: { word: "Suspect", tone: "attention" },
  rejected: { word: "Rejected", tone: "failed" },
};

export function distanceText(metres: number): string {
  if (metres < 0.5) return "here";
  if (metres < 1000) return `${Math.round(metres)} m`;
  return `${(metres / 1000).toFixed(metres < 10_000 ? 1 : 0)} km`;
}

/** The samples page with this sample selected and in sight. */
export function sampleLink(slug: string, { id, sample_set: set, center }: NearSample): string {
  const [lon, lat] = center;
  const view = `${CLOSE_ZOOM}/${lat.toFixed(5)}/${lon.toFixed(5)}`;
  return `/projects/${slug}/samples/?set=${set.id}&sample=${id}&view=${view}`;
}

function classOf(near: NearSample): (Node | string)[] {
  if (near.label) return [swatch(near.label.color), `${near.label.code} ${near.label.name}`];
  return [near.labels ? "No class yet" : "Class hidden"];
}

function row(slug: string, near: NearSample): HTMLElement {
  const { word, tone } = STATUS[near.status] ?? { word: near.status, tone: "waiting" };
  return element(
    "li",
    {},
    element(
      "a",
      { href: sampleLink(slug, near), class: "class-name" },
      ...classOf(near),
      element("span", { class: "sr-only" }, ": open the sample"),
    ),
    element("output", {}, distanceText(near.distance_m)),
    element("small", {}, icon(tone, `icon tone-${tone}`), `${word} · ${near.sample_set.name}`),
  );
}

export function nearSection(slug: string, found: readonly NearSample[]): HTMLElement {
  const note = (text: string): HTMLElement => element("p", { class: "note" }, text);
  const hidden = found.some((near) => !near.labels);
  return element(
    "section",
    { "aria-label": "Nearest samples" },
    element("h3", {}, "Nearest samples"),
    found.length
      ? element("ul", { class: "near-samples" }, ...found.map((near) => row(slug, near)))
      : note("The project has no reference samples yet."),
    hidden ? note("Your role does not show you all classes: validation stays blind.") : null,
  );
}

async function draw(place: Place, project: { id: string; slug: string }): Promise<HTMLElement> {
  const query = new URLSearchParams({
    lon: place.lon.toFixed(8),
    lat: place.lat.toFixed(8),
  });
  try {
    const answer = await getJson<{ results: NearSample[] }>(
      `/api/v1/projects/${project.id}/samples/nearest/?${query}`,
    );
    return nearSection(project.slug, answer.results);
  } catch (error) {
    return element("p", { class: "note" }, `Nearest samples: ${reasonOf(error)}`);
  }
}

addPixelSection({
  id: "samples",
  draw: ({ place }, { project }) => draw(place, project),
});
