import type { Map as LeafletMap } from "leaflet";
import { ApiError, getJson, patchJson, postJson } from "../api/client";
import { areaCard } from "../areas/card";
import { conflictDialog } from "../areas/conflict";
import { DraftForm } from "../areas/draft";
import { OutlineEditor, type Shape } from "../areas/editor";
import { bindAreaKeys, confirmDiscard, dialogOpen } from "../areas/keys";
import { AreaList } from "../areas/list";
import { loadAreas, scenesTouching } from "../areas/load";
import { AreaMap } from "../areas/map";
import { PickPanel } from "../areas/pick_panel";
import { removeArea } from "../areas/removal";
import { type Area, AreaStore, freeName, type Limits } from "../areas/store";
import { placeIn } from "../areas/text";
import { UploadDialog } from "../areas/upload_dialog";
import { areaKm2, type Box, boxOf, boxUnion, type Place, type Polygonal } from "../geo/measure";
import { onMap } from "../leaflet/page";
import { boundsOf, prepareMap } from "../map/setup";
import { byId, pageData } from "../ui/dom";
import { saveJson } from "../ui/download";
import { area as areaText } from "../ui/format";
import { readState, writeState } from "../ui/permalink_state";
import { toast } from "../ui/toast";

interface PageData extends Limits {
  project: string;
  slug: string;
  mayEdit: boolean;
  extent: Box | null;
  /** The box of all scenes: where an area finds something to map. */
  imagery: Box | null;
  outside: string[];
  maxUploadBytes: number;
  maxAtOnce: number;
  cellSizes: number[];
}

const IMAGERY_MS = 500;

class AreasPage {
  private readonly store: AreaStore;
  private readonly drawn: AreaMap;
  private readonly list: AreaList;
  private readonly editor: OutlineEditor;
  private readonly side = byId("areas-side");
  private draft: DraftForm | null = null;
  private edited: Area | null = null;
  private picker: PickPanel | null = null;
  private imageryTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly map: LeafletMap,
    private readonly data: PageData,
  ) {
    prepareMap(map, "topright");
    this.store = new AreaStore(data.outside);
    this.drawn = new AreaMap(map, this.store);
    if (data.imagery) this.drawn.frame(data.imagery, "Imagery");
    this.list = new AreaList(this.store, data.imagery !== null);
    this.editor = new OutlineEditor(map, (geometry, settled) => this.outline(geometry, settled));
    this.store.onChange(() => this.chosen());
    if (data.extent) map.fitBounds(boundsOf(data.extent), { padding: [48, 48], animate: false });
    this.bind();
    void this.load();
  }

  private async load(): Promise<void> {
    try {
      await loadAreas(this.data.project, (areas) => this.store.put(areas));
      this.list.ready();
    } catch (error) {
      this.list.failed(error instanceof Error ? error.message : String(error));
      return;
    }
    const wanted = readState().get("area");
    if (wanted && this.store.get(wanted)) {
      this.store.choose(wanted);
      this.drawn.zoomTo(this.store.get(wanted) as Area);
    }
  }

  private bind(): void {
    byId("areas-again").addEventListener("click", () => void this.load());
    byId("areas-export").addEventListener("click", () => this.exported());
    for (const button of document.querySelectorAll<HTMLElement>("[data-draw]")) {
      button.addEventListener(
        "click",
        () => void this.begin(button.dataset.draw as Shape | "text"),
      );
    }
    document.getElementById("areas-upload")?.addEventListener("click", () => void this.upload());
    document.getElementById("areas-pick")?.addEventListener("click", () => void this.pick());
    bindAreaKeys({
      mayEdit: this.data.mayEdit,
      free: () => !this.draft && !this.picker,
      busy: () => (this.draft !== null || this.picker !== null) && !dialogOpen(),
      drawing: () => this.editor.kind !== null,
      selected: () => this.store.selected,
      begin: (kind) => void this.begin(kind),
      edit: (area) => void this.edit(area),
      remove: (area) => void this.remove(area),
      zoom: (area) => this.drawn.zoomTo(area),
      upload: () => void this.upload(),
      pick: () => void this.pick(),
      undo: () => this.editor.undo(),
      leave: () => void this.mayLeave(),
    });
  }

  /** Writes the choice into the address and shows its card. */
  private chosen(): void {
    const area = this.store.selected;
    writeState({ area: area?.id ?? null });
    const card = byId("areas-card");
    card.hidden = !area || this.draft !== null || this.picker !== null;
    if (!area) return;
    card.replaceChildren(
      ...areaCard(area, {
        slug: this.data.slug,
        mayEdit: this.data.mayEdit,
        outside: this.store.outside.has(area.id),
        edit: (row) => void this.edit(row),
        zoom: (row) => this.drawn.zoomTo(row),
        remove: (row) => void this.remove(row),
        close: () => this.store.choose(null),
      }),
    );
  }

  private async begin(kind: Shape | "text"): Promise<void> {
    if (!this.data.mayEdit || !(await this.mayLeave())) return;
    const name = freeName(
      "Area",
      this.store.all.map((area) => area.properties.name),
    );
    this.openDraft("New area", name, null, kind === "text");
    for (const button of document.querySelectorAll<HTMLElement>(".areas-tools [data-draw]")) {
      button.setAttribute("aria-pressed", String(button.dataset.draw === kind));
    }
    if (kind === "text") this.draft?.focus();
    else await this.editor.draw(kind);
  }

  private async edit(area: Area): Promise<void> {
    if (!(await this.mayLeave())) return;
    this.edited = area;
    this.drawn.hide(area.id);
    this.openDraft(`Edit ${area.properties.name}`, area.properties.name, area.geometry, false);
    this.drawn.zoomTo(area);
    this.draft?.focus();
    await this.editor.edit(area.geometry);
  }

  private openDraft(title: string, name: string, geometry: Polygonal | null, text: boolean): void {
    this.drawn.passive(true);
    this.draft = new DraftForm({
      title,
      name,
      geometry,
      limits: this.data,
      textFirst: text,
      onText: (outline) => this.typed(outline),
      onSave: () => void this.save(),
      onDiscard: () => this.leave(),
      onPlace: (place, words, go) => this.placed(place, words, go),
      call: () => this.call(),
    });
    this.showSide(this.draft.node);
  }

  private outline(geometry: Polygonal | null, settled: boolean): void {
    this.draft?.outline(geometry, settled);
    const live = byId("areas-live");
    live.hidden = settled || !geometry;
    live.textContent = geometry ? areaText(areaKm2(geometry)) : "";
    if (settled) this.askImagery(geometry);
  }

  private typed(geometry: Polygonal | null): void {
    void this.editor.edit(geometry);
    this.drawn.fit(boxOf(geometry));
    this.askImagery(geometry);
  }

  private placed(place: Place | null, words: string, go: boolean): void {
    this.drawn.show(place, words);
    if (place && go) this.drawn.goTo(place);
  }

  /** Warns of an outline that no scene touches. */
  private askImagery(geometry: Polygonal | null): void {
    clearTimeout(this.imageryTimer);
    const form = this.draft;
    if (!geometry || !form?.sound) return;
    this.imageryTimer = setTimeout(async () => {
      const scenes = await scenesTouching(this.data.project, geometry).catch(() => null);
      if (form !== this.draft || scenes !== 0) return;
      form.imageryNote(
        "Outside the imagery: no scene of this project touches the outline. A job here would find nothing.",
      );
    }, IMAGERY_MS);
  }

  private body(): Record<string, unknown> {
    const { name, geometry } = this.draft?.value ?? { name: "", geometry: null };
    const unchanged = this.edited && geometry === this.edited.geometry;
    const properties = this.edited ? { name } : { name, project: this.data.project };
    return { type: "Feature", properties, ...(unchanged ? {} : { geometry }) };
  }

  private call(): { method: string; path: string; body: unknown } {
    return this.edited
      ? { method: "PATCH", path: `/api/v1/aois/${this.edited.id}/`, body: this.body() }
      : { method: "POST", path: "/api/v1/aois/", body: this.body() };
  }

  private async save(): Promise<void> {
    const { draft } = this;
    if (!draft) return;
    draft.busy(true);
    try {
      const { path, body } = this.call();
      const match = this.edited && { "If-Match": `"${this.edited.properties.revision}"` };
      const area = match
        ? await patchJson<Area>(path, body, match)
        : await postJson<Area>(path, body);
      this.saved(area);
    } catch (error) {
      draft.busy(false);
      if (!(error instanceof ApiError)) throw error;
      if (this.edited && [404, 412].includes(error.problem.status)) await this.conflict();
      else draft.problem(error.problem);
    }
  }

  private saved(area: Area): void {
    this.leave();
    this.store.put([area]);
    this.list.ready();
    this.store.choose(area.id);
    toast(`${area.properties.name} is saved.`);
    void scenesTouching(this.data.project, area.geometry)
      .then((scenes) => this.store.markOutside(area.id, scenes === 0))
      .catch(() => undefined);
  }

  /** Somebody else was faster: the person decides, and keeps the own version until then. */
  private async conflict(): Promise<void> {
    const { edited, draft } = this;
    if (!edited || !draft) return;
    const theirs = await getJson<Area>(`/api/v1/aois/${edited.id}/`).catch(() => null);
    this.drawn.showOther(theirs?.geometry ?? null);
    const answer = await conflictDialog(draft.value, theirs);
    this.drawn.showOther(null);
    if (answer === "mine" && theirs) {
      this.edited = { ...theirs, geometry: edited.geometry };
      await this.save();
    } else if (answer === "new") {
      if (!theirs) this.store.remove(edited.id);
      this.edited = null;
      await this.save();
      if (theirs) this.store.put([theirs]);
    } else if (answer === "theirs" && theirs) {
      this.leave();
      this.store.put([theirs]);
      this.store.choose(theirs.id);
    }
  }

  private remove(area: Area): Promise<void> {
    return removeArea(area, this.store, (restored) => this.saved(restored));
  }

  private async pick(): Promise<void> {
    if (!(await this.mayLeave())) return;
    this.store.choose(null);
    this.drawn.passive(true);
    this.picker = new PickPanel(this.map, {
      project: this.data.project,
      limit: this.data.maxAtOnce,
      sizes: this.data.cellSizes,
      onCreate: (body) => this.created(body),
      onClose: () => this.leave(),
    });
    this.showSide(this.picker.node);
    this.picker.focus();
  }

  private async created(body: Record<string, unknown>): Promise<void> {
    const answer = await postJson<{ features: Area[] }>("/api/v1/aois/batch/", body);
    this.leave();
    this.took(answer.features);
    toast(`${answer.features.length} area${answer.features.length === 1 ? "" : "s"} created.`);
  }

  private took(areas: Area[]): void {
    this.store.put(areas);
    this.list.ready();
    this.store.choose(areas[0]?.id ?? null);
    const boxes = areas.map((area) => boxOf(area.geometry));
    this.drawn.fit(boxUnion(boxes.filter((box) => box !== null)));
  }

  private async upload(): Promise<void> {
    if (!(await this.mayLeave())) return;
    new UploadDialog({
      project: this.data.project,
      limit: this.data.maxUploadBytes,
      onDone: (ids) => void this.imported(ids),
      onPlace: (text) => this.rowPlace(text),
    });
  }

  private async imported(ids: string[]): Promise<void> {
    await loadAreas(this.data.project, (areas) => this.store.put(areas));
    this.took(ids.flatMap((id) => this.store.get(id) ?? []));
  }

  private rowPlace(text: string): boolean {
    const place = placeIn(text);
    this.placed(place, "Crosses itself here", true);
    return place !== null;
  }

  private exported(): void {
    const rows = this.store.selected ? [this.store.selected] : this.store.shown;
    const name = this.store.selected?.properties.name ?? this.data.slug;
    saveJson(`${name}.geojson`, { type: "FeatureCollection", features: rows });
  }

  private showSide(node: HTMLElement): void {
    this.side.replaceChildren(node);
    this.side.hidden = false;
    byId("areas-list").hidden = true;
    byId("areas-card").hidden = true;
  }

  /** Leaves what is open, but asks before an outline would be lost. */
  private async mayLeave(): Promise<boolean> {
    if (this.draft?.dirty && !(await confirmDiscard())) return false;
    this.leave();
    return true;
  }

  /** Ends what is open beside the map; the list comes back. */
  private leave(): void {
    clearTimeout(this.imageryTimer);
    this.editor.stop();
    this.picker?.close();
    this.drawn.passive(false);
    this.drawn.hide(null);
    this.drawn.show(null);
    this.draft = null;
    this.edited = null;
    this.picker = null;
    this.side.hidden = true;
    this.side.replaceChildren();
    byId("areas-list").hidden = false;
    byId("areas-live").hidden = true;
    for (const button of document.querySelectorAll(".areas-tools [data-draw]")) {
      button.setAttribute("aria-pressed", "false");
    }
    this.chosen();
  }
}

onMap("map", (map) => new AreasPage(map, pageData<PageData>("areas-data")));
