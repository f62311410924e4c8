import type { BBox } from "../map/setup";
import type { ClassCount } from "./picker";
import type { Place } from "./scope";

/** What the server puts into the launch page. */
export interface PageData {
  project: string;
  slug: string;
  workflow: string;
  jobUrl: string;
  mayLaunch: boolean;
  mapsArea: boolean;
  trains: boolean;
  begin: {
    parameters: Record<string, unknown>;
    aois: string[];
    units: string[];
    job: string;
    template: string;
  };
  places: Place[];
  balances: Record<string, ClassCount[]>;
  extent: BBox | null;
}
