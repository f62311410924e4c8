import type { Feature, FeatureCollection } from "geojson";
import { feature } from "topojson-client";
import type { GeometryCollection, Topology } from "topojson-specification";
import worldUrl from "world-atlas/countries-50m.json?url";
import type { Polygonal } from "../geo/measure";

interface CountryProperties {
  name: string;
}

export type Country = Feature<Polygonal, CountryProperties>;
type World = Topology<{ countries: GeometryCollection<CountryProperties> }>;

let asked: Promise<FeatureCollection<Polygonal, CountryProperties>> | null = null;

/** Country outlines (Natural Earth 1:50m) from the page's own files, read once. */
export function countries(): Promise<FeatureCollection<Polygonal, CountryProperties>> {
  asked ??= fetch(worldUrl)
    .then((answer) => answer.json() as Promise<World>)
    .then(
      (world) =>
        feature(world, world.objects.countries) as FeatureCollection<Polygonal, CountryProperties>,
    );
  return asked;
}
