import { getJson } from "../../api/client";
import type { Layer, LegendEntry } from "../../api/types";
import type { BBox } from "../setup";
import { type Entry, keyOf } from "./state";

export interface SceneFeature {
  id: string;
  bbox: BBox;
  properties: {
    datetime: string | null;
    item_id: string;
    platform: string | null;
    "eo:cloud_cover": number | null;
  };
  assets: Record<string, { roles?: string[]; title?: string }>;
}

/** What an entry of the stack is drawn from. */
export interface Source {
  key: string;
  title: string;
  note: string;
  bbox: BBox;
  tiles: string;
  /** Milliseconds since 1970 after which the address is refused. */
  expires: number;
  legend: LegendEntry[];
  layer: Layer | null;
  scene: SceneFeature | null;
}

interface TileAddress {
  tiles: string;
  tiles_expire_at?: string;
  drawn?: string[];
}

const SHORTEST_MS = 15 * 60_000;

const expiry = (text: string | undefined): number =>
  text ? Date.parse(text) : Date.now() + SHORTEST_MS;

export function day(iso: string | null | undefined): string {
  if (!iso) return "no date";
  return new Date(iso).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
}

const STYLE_WORDS: Record<string, string> = { rgb: "true colour", nir: "near infrared" };
export const styleWord = (bands: string): string => STYLE_WORDS[bands] ?? `band ${bands}`;
const ROLE_WORDS: Record<string, string> = {
  class: "classes",
  probability: "probability",
  confidence: "confidence margin",
  data_score: "data score",
};
export const roleWord = (role: string): string => ROLE_WORDS[role] ?? role.replaceAll("_", " ");

async function layerSource(entry: Entry, shown: number | null): Promise<Source> {
  const release = entry.release ?? shown;
  const which = release === null ? "" : `?release=${release}`;
  const layer = await getJson<Layer>(`/api/v1/layers/${entry.id}/${which}`);
  return {
    key: keyOf(entry),
    title: layer.name,
    note: `${roleWord(layer.role)} · release ${layer.release ?? "?"}`,
    bbox: layer.bbox,
    tiles: layer.tiles,
    expires: expiry(layer.tiles_expire_at),
    legend: layer.legend,
    layer,
    scene: null,
  };
}

/** Where the API has an item of the catalogue. */
export const itemPath = ({ kind, id }: Entry): string =>
  `/api/v1/catalog/${kind === "static" ? "statics" : "scenes"}/${id}/`;

async function sceneSource(entry: Entry): Promise<Source> {
  const path = itemPath(entry);
  const [scene, address] = await Promise.all([
    getJson<SceneFeature>(path),
    getJson<TileAddress>(`${path}tiles/?style=${encodeURIComponent(entry.bands)}`),
  ]);
  return {
    key: keyOf(entry),
    ...(entry.kind === "static"
      ? { title: scene.properties.item_id, note: `static · ${address.drawn?.join(", ")}` }
      : {
          title: `Scene ${day(scene.properties.datetime)}`,
          note: `${styleWord(entry.bands)} · ${scene.properties.item_id}`,
        }),
    bbox: scene.bbox,
    tiles: address.tiles,
    expires: expiry(address.tiles_expire_at),
    legend: [],
    layer: null,
    scene,
  };
}

/** Loads what entries are drawn from, and fetches new tile addresses when old ones expire. */
export class Sources {
  private readonly known = new Map<string, Source>();
  private readonly running = new Map<string, Promise<Source>>();

  constructor(
    private readonly read: (entry: Entry, shown: number | null) => Promise<Source> = (
      entry,
      shown,
    ) => (entry.kind === "layer" ? layerSource(entry, shown) : sceneSource(entry)),
  ) {}

  get(entry: Entry): Source | undefined {
    return this.known.get(keyOf(entry));
  }

  async load(entry: Entry): Promise<Source> {
    return this.known.get(keyOf(entry)) ?? this.renew(entry);
  }

  /** Lets go of an entry: it is read again, in its newest release. */
  forget(entry: Entry): void {
    this.known.delete(keyOf(entry));
  }

  /** Reads an entry anew, in the release that is shown; two calls at once are one request. */
  renew(entry: Entry): Promise<Source> {
    const key = keyOf(entry);
    const already = this.running.get(key);
    if (already) return already;
    const asked = this.read(entry, this.known.get(key)?.layer?.release ?? null)
      .then((source) => {
        this.known.set(key, source);
        return source;
      })
      .finally(() => this.running.delete(key));
    this.running.set(key, asked);
    return asked;
  }

  /** Entries whose address is refused within `ms`. */
  expiring(stack: readonly Entry[], ms: number, now: number = Date.now()): Entry[] {
    return stack.filter((entry) => {
      const source = this.get(entry);
      return source !== undefined && source.expires - now < ms;
    });
  }

  /** Layers in the stack that follow a release which is no longer the newest: entry → newest. */
  superseded(stack: readonly Entry[]): Map<Entry, number> {
    const found = new Map<Entry, number>();
    for (const entry of stack) {
      const layer = this.get(entry)?.layer;
      const newest = layer?.newest_release;
      if (layer?.release !== undefined && newest !== undefined && newest > layer.release) {
        found.set(entry, newest);
      }
    }
    return found;
  }
}
