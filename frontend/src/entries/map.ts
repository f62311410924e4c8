import type { LatLng, Map as LeafletMap, TileLayer } from "leaflet";
import { latLng, tileLayer } from "leaflet";
import { ApiError, getJson } from "../api/client";
import type { Layer } from "../api/types";
import { onMap } from "../leaflet/page";
import { amountsOf, legendOf, type Statistics } from "../map/legend";
import { addOverlay } from "../map/overlays";
import { type MapState, readState, writeState } from "../map/permalink";
import { PixelProbe, type Sibling } from "../map/probe";
import { type BBox, boundsOf, prepareMap } from "../map/setup";
import { byId, element, icon, pageData } from "../ui/dom";
import { copyText } from "../ui/toast";

interface PageData {
  project: string;
  layers: (Sibling & { name: string; job: string; bbox: BBox | null })[];
  selected: string | null;
  extent: BBox | null;
}

class MapPage {
  private readonly state: MapState = readState(location.search);
  private readonly probe: PixelProbe;
  private tiles: TileLayer | null = null;
  private layer: Layer | null = null;
  private renewed = 0;

  constructor(
    private readonly map: LeafletMap,
    private readonly data: PageData,
  ) {
    prepareMap(map, "bottomleft");
    this.probe = new PixelProbe(map, byId("probe"), (place) => this.remember(place));
    this.firstView();
    map.on("moveend", () => this.saveState());
    map.on("click", (event) => this.ask(event.latlng));
    this.bindPanel();
    void addOverlay(map, {
      url: `/api/v1/aois/?project=${data.project}&page_size=500`,
      kind: "aoi",
    }).catch(() => undefined);
    if (this.state.layer ?? data.selected)
      void this.show(String(this.state.layer ?? data.selected));
  }

  private firstView(): void {
    const { view } = this.state;
    const known = this.data.layers.find(
      (row) => row.id === (this.state.layer ?? this.data.selected),
    );
    const box = known?.bbox ?? this.data.extent;
    if (view) this.map.setView([view.lat, view.lon], view.zoom, { animate: false });
    else if (box) this.map.fitBounds(boundsOf(box), { padding: [24, 24], animate: false });
  }

  private bindPanel(): void {
    for (const input of document.querySelectorAll<HTMLInputElement>('input[name="layer"]')) {
      input.addEventListener("change", () => void this.show(input.value, { move: true }));
    }
    const opacity = byId<HTMLInputElement>("opacity");
    opacity.value = String(Math.round(this.state.opacity * 100));
    opacity.addEventListener("input", () => this.setOpacity(Number(opacity.value) / 100));
    this.setOpacity(this.state.opacity);
    byId("fold").addEventListener("click", () => byId("map-panel").classList.toggle("folded"));
    byId("copy-link").addEventListener("click", () => {
      void copyText(location.href, "Link to this view copied.");
    });
    byId("copy-xyz").addEventListener("click", () => {
      if (!this.layer) return;
      const url = new URL(this.layer.tiles, location.origin).href;
      void copyText(decodeURI(url), "XYZ address copied; it is valid for 15 to 30 minutes.");
    });
    byId("zoom-to").addEventListener("click", () => this.layer && this.zoomTo(this.layer.bbox));
  }

  private setOpacity(value: number): void {
    this.state.opacity = value;
    this.tiles?.setOpacity(value);
    byId("opacity-value").textContent = `${Math.round(value * 100)} %`;
    this.saveState();
  }

  private zoomTo(box: BBox): void {
    this.map.fitBounds(boundsOf(box), { padding: [24, 24] });
  }

  async show(id: string, how: { move?: boolean } = {}): Promise<void> {
    const legend = byId("legend");
    try {
      const layer = await getJson<Layer>(`/api/v1/layers/${id}/`);
      this.layer = layer;
      this.state.layer = id;
      this.drawTiles(layer);
      if (how.move && !this.map.getBounds().intersects(boundsOf(layer.bbox) as never)) {
        this.zoomTo(layer.bbox);
      }
      legend.replaceChildren(legendOf(layer, new Map()));
      this.links(layer);
      this.saveState();
      await this.showAmounts(layer, legend);
    } catch (error) {
      const text = error instanceof ApiError ? error.message : String(error);
      legend.replaceChildren(
        element("p", { class: "notice failed" }, icon("failed"), element("span", {}, text)),
      );
    }
    const { point } = this.state;
    if (point) this.ask(latLng(point.lat, point.lon));
  }

  private ask(place: LatLng): void {
    if (!this.layer) return;
    const { id } = this.layer;
    const job = this.data.layers.find((row) => row.id === id)?.job;
    const siblings = this.data.layers.filter((row) => row.job === job && row.id !== id);
    void this.probe.ask(this.layer, place, this.layer.role === "class" ? siblings : []);
  }

  private drawTiles(layer: Layer): void {
    this.tiles?.remove();
    this.tiles = tileLayer(layer.tiles, {
      opacity: this.state.opacity,
      maxZoom: 22,
      bounds: boundsOf(layer.bbox) as never,
      className: "layer-tiles",
    }).addTo(this.map);
    this.tiles.on("tileerror", () => void this.renew(layer.id));
  }

  /** Tile addresses expire; a failed tile fetches a fresh one, at most once a minute. */
  private async renew(id: string): Promise<void> {
    if (Date.now() - this.renewed < 60_000 || this.layer?.id !== id) return;
    this.renewed = Date.now();
    const fresh = await getJson<Layer>(`/api/v1/layers/${id}/`).catch(() => null);
    if (!fresh || this.layer?.id !== id) return;
    this.layer = fresh;
    this.tiles?.setUrl(fresh.tiles);
  }

  private async showAmounts(layer: Layer, legend: HTMLElement): Promise<void> {
    const path = `/api/v1/layers/${layer.id}/statistics/`;
    const statistics = await getJson<Statistics>(path).catch(() => null);
    if (this.layer?.id === layer.id) {
      legend.replaceChildren(legendOf(layer, amountsOf(statistics)));
    }
  }

  private links(layer: Layer): void {
    byId("layer-links").hidden = false;
    const holder = byId("downloads");
    holder.replaceChildren(
      ...layer.assets.archives.map((archive, n) =>
        element(
          "a",
          {
            class: "button quiet small",
            href: archive.href,
            download: true,
            title: `sha256 ${archive.sha256}`,
          },
          icon("download"),
          layer.assets.archives.length > 1 ? `Archive ${archive.unit ?? n + 1}` : "Archive",
        ),
      ),
    );
  }

  private remember(place: LatLng | null): void {
    this.state.point = place && { lat: place.lat, lon: place.lng };
    this.saveState();
  }

  private saveState(): void {
    const { lat, lng } = this.map.getCenter();
    this.state.view = { lat, lon: lng, zoom: this.map.getZoom() };
    history.replaceState(
      null,
      "",
      `${location.pathname}${writeState(location.search, this.state)}`,
    );
  }
}

onMap("map", (map) => new MapPage(map, pageData<PageData>("map-data")));
