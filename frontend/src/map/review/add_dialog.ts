import { ApiError, getJson } from "../../api/client";
import { openDialog } from "../../ui/dialog";
import { element, icon } from "../../ui/dom";
import { stylesOf } from "./entry_tools";
import type { ReviewContext } from "./hooks";
import { day, roleWord, type SceneFeature, styleWord } from "./sources";
import { added, entryOf, find, keyOf } from "./state";

export interface OfferedLayer {
  id: string;
  name: string;
  role: string;
  product: string;
  class_code: number | null;
  job: string;
  release: number;
  published_at: string | null;
}

interface Scenes {
  count: number;
  features: SceneFeature[];
}

/** Choose what to put into the stack: a published layer, or a scene of the catalogue. */
export function addDialog(review: ReviewContext, layers: readonly OfferedLayer[]): void {
  const close = element("button", { class: "button", type: "button" }, "Done");
  const left = element("div", {}, layerList(review, layers), staticList(review));
  const body = element("div", { class: "add-lists" }, left, sceneList(review));
  const opened = openDialog({ title: "Add to the stack", body, actions: [close], wide: true });
  close.addEventListener("click", opened.close);
}

function addButton(name: string, there: boolean, add: () => void): HTMLButtonElement {
  const node = element(
    "button",
    {
      class: "button small",
      type: "button",
      "aria-label": there ? `In the stack: ${name}` : `Add ${name}`,
      disabled: there,
    },
    icon(there ? "good" : "plus"),
    there ? "In the stack" : "Add",
  );
  node.addEventListener("click", () => {
    add();
    node.disabled = true;
    node.setAttribute("aria-label", `In the stack: ${name}`);
    node.replaceChildren(icon("good"), "In the stack");
  });
  return node;
}

function row(name: string, note: string, button: HTMLElement): HTMLElement {
  const text = element("span", {}, name, element("small", {}, note));
  return element("li", {}, text, button);
}

function layerList(review: ReviewContext, layers: readonly OfferedLayer[]): HTMLElement {
  const { stack } = review.store.get();
  const rows = layers.map((layer) => {
    const entry = entryOf("layer", layer.id);
    const button = addButton(layer.name, find(stack, keyOf(entry)) !== undefined, () =>
      review.show(entry),
    );
    const note = `${roleWord(layer.role)} · release ${layer.release} · ${day(layer.published_at)}`;
    return row(layer.name, note, button);
  });
  const empty = element("p", { class: "note" }, "No layer is published yet; a map job makes them.");
  return element(
    "section",
    { "aria-label": "Layers to add" },
    element("h3", {}, "Layers"),
    rows.length ? element("ul", { class: "add-list" }, ...rows) : empty,
  );
}

/** Elevation and the like from the catalogue; a project without any has no such list. */
function staticList(review: ReviewContext): HTMLElement {
  const section = element("section", { "aria-label": "Static layers to add", hidden: true });
  const path = `/api/v1/catalog/statics/?project=${review.project.id}&page_size=100`;
  const fill = async (): Promise<void> => {
    const { results } = await getJson<{ results: SceneFeature[] }>(path);
    const rows = results.map((feature) => staticRow(review, feature));
    section.append(
      element("h3", {}, "Static layers"),
      element("ul", { class: "add-list" }, ...rows),
    );
    section.hidden = rows.length === 0;
  };
  void fill().catch((error: unknown) => {
    section.hidden = false;
    section.replaceChildren(element("p", { class: "notice failed" }, (error as Error).message));
  });
  return section;
}

function staticRow(review: ReviewContext, { id, properties, assets }: SceneFeature): HTMLElement {
  const { stack } = review.store.get();
  const entry = entryOf("static", id);
  const name = properties.item_id;
  const there = stack.some((other) => other.kind === "static" && other.id === id);
  return row(
    name,
    stylesOf(assets, "static").join(", "),
    addButton(name, there, () => review.show(entry)),
  );
}

function sceneList(review: ReviewContext): HTMLElement {
  const style = element(
    "select",
    { class: "input small", "aria-label": "Bands" },
    ...["rgb", "nir"].map((bands) => element("option", { value: bands }, styleWord(bands))),
  );
  const date = (label: string): HTMLInputElement =>
    element("input", { class: "input small", type: "date", "aria-label": label });
  const [from, to] = [date("From"), date("To")];
  const cloud = element("input", {
    class: "input small",
    type: "number",
    min: 0,
    max: 100,
    placeholder: "cloud ≤ %",
    "aria-label": "Most cloud, percent",
  });
  const holder = element("div", { "aria-live": "polite" });
  const fill = (): void => void fillScenes(review, holder, style, queryOf(from, to, cloud));
  for (const field of [from, to, cloud]) field.addEventListener("change", fill);
  fill();
  return element(
    "section",
    { "aria-label": "Scenes to add" },
    element("h3", {}, "Scenes"),
    element("div", { class: "add-filter" }, style, from, to, cloud),
    holder,
  );
}

function queryOf(
  from: HTMLInputElement,
  to: HTMLInputElement,
  cloud: HTMLInputElement,
): URLSearchParams {
  const query = new URLSearchParams({ page_size: "100" });
  if (from.value || to.value) query.set("datetime", `${from.value || ".."}/${to.value || ".."}`);
  if (cloud.value) query.set("cloud_cover_max", cloud.value);
  return query;
}

async function fillScenes(
  review: ReviewContext,
  holder: HTMLElement,
  style: HTMLSelectElement,
  query: URLSearchParams,
): Promise<void> {
  query.set("project", review.project.id);
  holder.replaceChildren(element("p", { class: "note" }, "Reading the catalogue …"));
  try {
    const found = await getJson<Scenes>(`/api/v1/catalog/scenes/?${query}`);
    const scenes = found.features;
    const rows = scenes.map((scene) => sceneRow(review, style, scene));
    const more = found.count - scenes.length;
    holder.replaceChildren(
      rows.length
        ? element("ul", { class: "add-list" }, ...rows)
        : element("p", { class: "note" }, "No scene fits. Widen the dates or the cloud limit."),
      more > 0 ? element("p", { class: "note" }, `${more} more; narrow the dates.`) : "",
    );
  } catch (error) {
    const text = error instanceof ApiError ? error.message : "The catalogue could not be read.";
    holder.replaceChildren(element("p", { class: "notice failed" }, icon("failed"), text));
  }
}

function sceneRow(
  review: ReviewContext,
  style: HTMLSelectElement,
  scene: SceneFeature,
): HTMLElement {
  const { datetime, item_id: item, "eo:cloud_cover": cloud } = scene.properties;
  const add = (): void => {
    const { store } = review;
    const { stack } = store.get();
    const entry = entryOf("scene", scene.id, { bands: style.value });
    store.change({ stack: added(stack, entry, stack.length) });
  };
  const there = review.store
    .get()
    .stack.some((entry) => entry.kind === "scene" && entry.id === scene.id);
  const note = cloud === null ? item : `${Math.round(cloud)} % cloud · ${item}`;
  return row(day(datetime), note, addButton(`the scene of ${day(datetime)}`, there, add));
}
