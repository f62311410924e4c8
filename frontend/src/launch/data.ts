import type { BBox } from "../map/setup";
import type { ClassCount } from "./picker";
import type { Area } from "./scope";

/** What the server puts into the launch page. */
export interface PageData {
  project: string;
  slug: string;
  workflow: string;
  jobUrl: string;
  mayLaunch: boolean;
  mapsArea: boolean;
  trains: boolean;
  begin: { parameters: Record<string, unknown>; aois: string[]; job: string; template: string };
  areas: Area[];
  balances: Record<string, ClassCount[]>;
  extent: BBox | null;
}
