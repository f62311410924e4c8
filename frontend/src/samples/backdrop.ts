import type { Map as LeafletMap, TileLayer } from "leaflet";
import { tileLayer } from "leaflet";
import { ApiError, getJson } from "../api/client";
import { type BBox, boundsOf } from "../map/setup";
import { toast } from "../ui/toast";

interface Address {
  tiles: string;
  bbox?: BBox;
}

/** A scene or a layer under the samples, chosen from a list; its address is renewed when it ends. */
export class Backdrop {
  private layer: TileLayer | null = null;
  private renewed = 0;

  constructor(
    private readonly map: LeafletMap,
    private readonly select: HTMLSelectElement,
    private readonly remember: (value: string) => void,
  ) {
    map.createPane("backdrop").style.zIndex = "170";
    select.addEventListener("change", () => void this.show(select.value));
  }

  async show(value: string): Promise<void> {
    this.select.value = [...this.select.options].some((row) => row.value === value) ? value : "";
    this.remember(this.select.value);
    this.layer?.remove();
    this.layer = null;
    if (!this.select.value) return;
    try {
      const { tiles, bbox } = await this.address(value);
      if (this.select.value !== value) return;
      this.layer = tileLayer(tiles, {
        pane: "backdrop",
        maxZoom: 22,
        ...(bbox ? { bounds: boundsOf(bbox) as never } : {}),
      }).addTo(this.map);
      this.layer.on("tileerror", () => void this.renew(value));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(error.message, "failed");
    }
  }

  private async address(value: string): Promise<Address> {
    const [kind, id] = value.split(":");
    if (kind === "layer") return getJson<Address>(`/api/v1/layers/${id}/`);
    const scene = `/api/v1/catalog/scenes/${id}/`;
    const [{ bbox }, { tiles }] = await Promise.all([
      getJson<{ bbox: BBox }>(scene),
      getJson<Address>(`${scene}tiles/?style=rgb`),
    ]);
    return { tiles, bbox };
  }

  private async renew(value: string): Promise<void> {
    if (Date.now() - this.renewed < 60_000) return;
    this.renewed = Date.now();
    const fresh = await this.address(value).catch(() => null);
    if (fresh && this.select.value === value) this.layer?.setUrl(fresh.tiles);
  }
}
