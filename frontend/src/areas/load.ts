import type { FeatureCollection } from "geojson";
import { getJson } from "../api/client";
import { boxOf, type Polygonal } from "../geo/measure";
import type { Area, AreaProperties } from "./store";

type Page = FeatureCollection<Polygonal, AreaProperties> & { next?: string | null; count: number };

const RESOURCES = { area: "aois", unit: "production-units" };

/** All areas or units of a project, page by page; each page is handed on as soon as it is here. */
export async function loadAreas(
  project: string,
  each: (areas: Area[]) => void,
  kind: keyof typeof RESOURCES = "area",
): Promise<number> {
  let next: string | null = `/api/v1/${RESOURCES[kind]}/?project=${project}&page_size=500`;
  let count = 0;
  while (next) {
    const page: Page = await getJson<Page>(next);
    each(page.features as Area[]);
    count += page.features.length;
    next = page.next
      ? new URL(page.next, location.origin).pathname + new URL(page.next).search
      : null;
  }
  return count;
}

const LONGEST_QUERY = 1500;

/** How many scenes touch an outline; of a long outline, how many touch its box. */
export async function scenesTouching(
  project: string,
  geometry: Polygonal,
  signal?: AbortSignal,
): Promise<number> {
  const shape = JSON.stringify(geometry);
  const where =
    shape.length < LONGEST_QUERY
      ? `intersects=${encodeURIComponent(shape)}`
      : `bbox=${boxOf(geometry)?.join(",")}`;
  const path = `/api/v1/catalog/scenes/?project=${project}&page_size=1&${where}`;
  return (await getJson<{ count: number }>(path, signal)).count;
}
