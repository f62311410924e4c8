import type { Map as LeafletMap } from "leaflet";
import { getJson } from "../api/client";
import { EntryTiles } from "../map/review/tiles";
import { styleQuery, type TileStyle } from "./tile_style";
import type { SceneFeature } from "./types";

interface Offer {
  tiles: string;
  drawn: string[];
  note: string;
}

/** The chosen scene's image; an expired address is renewed, what cannot be drawn is told. */
export class SceneTiles {
  private tiles: EntryTiles | null = null;
  private key = "";

  constructor(
    private readonly map: LeafletMap,
    private readonly tell: (text: string | null) => void,
    private readonly say: (text: string) => void,
  ) {
    map.createPane("scene").style.zIndex = "250";
  }

  async show(scene: SceneFeature, style: TileStyle): Promise<void> {
    const key = `${scene.id}?${styleQuery(style)}`;
    if (key === this.key) {
      this.tiles?.setOpacity(style.opacity);
      return;
    }
    this.key = key;
    this.tell(null);
    const ask = (): Promise<Offer> =>
      getJson<Offer>(`/api/v1/catalog/scenes/${scene.id}/tiles/?${styleQuery(style)}`);
    let offer: Offer;
    try {
      offer = await ask();
    } catch (error) {
      if (this.key !== key) return;
      this.drop();
      this.tell(error instanceof Error ? error.message : "The scene cannot be drawn.");
      return;
    }
    if (this.key !== key) return;
    this.drop();
    this.say(offer.note || `Bands ${offer.drawn.join(", ")}`);
    this.tiles = new EntryTiles(this.map, {
      bbox: scene.bbox,
      pane: "scene",
      tiles: offer.tiles,
      query: "",
      opacity: style.opacity,
      renew: async () => (await ask()).tiles,
      tell: (text) => this.tell(text),
    });
  }

  hide(): void {
    this.key = "";
    this.drop();
    this.tell(null);
  }

  private drop(): void {
    this.tiles?.remove();
    this.tiles = null;
  }
}
