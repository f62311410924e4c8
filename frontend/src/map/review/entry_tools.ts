import { getJson } from "../../api/client";
import { showApiCall } from "../../ui/api_call";
import { element, icon } from "../../ui/dom";
import type { ReviewContext } from "./hooks";
import { day, itemPath, type Source, styleWord } from "./sources";
import { changed, type Entry, keyOf, removed } from "./state";

interface ReleaseRow {
  number: number;
  status: string;
  run: number;
  published_at: string | null;
}

/** What can be done with an entry: move, zoom, release or style, files, addresses, remove. */
export function entryTools(
  entry: Entry,
  source: Source,
  review: ReviewContext,
  moveBy: (by: number) => void,
): HTMLElement {
  const act = (name: string, text: string, run: () => void, label = text): HTMLButtonElement => {
    const node = element(
      "button",
      { class: "button quiet small", type: "button", "aria-label": label === text ? null : label },
      icon(name),
      text,
    );
    node.addEventListener("click", run);
    return node;
  };
  const { store, map } = review;
  const [west, south, east, north] = source.bbox;
  const remove = (): void => store.change({ stack: removed(store.get().stack, keyOf(entry)) });
  const choice = source.layer
    ? releaseChoice(entry, source, review)
    : styleChoice(entry, source, review);
  return element(
    "div",
    { class: "entry-more" },
    choice,
    element(
      "div",
      { class: "entry-tools" },
      act("up", "Up", () => moveBy(-1), `Move ${source.title} up`),
      act("down", "Down", () => moveBy(1), `Move ${source.title} down`),
      act("target", "Zoom", () =>
        map.fitBounds([
          [south, west],
          [north, east],
        ]),
      ),
      source.layer
        ? act(
            "download",
            "Files…",
            () => void import("./entry_dialogs").then((part) => part.filesDialog(source)),
          )
        : null,
      act(
        "link",
        "XYZ…",
        () => void import("./entry_dialogs").then((part) => part.addressDialog(entry, source)),
      ),
      act(
        "code",
        "API",
        () => showApiCall({ method: "GET", path: pathOf(entry) }),
        "Show as API call",
      ),
      act("close", "Remove", remove, `Remove ${source.title} from the stack`),
    ),
  );
}

function pathOf(entry: Entry): string {
  if (entry.kind !== "layer") {
    return `${itemPath(entry)}tiles/?style=${encodeURIComponent(entry.bands)}`;
  }
  return `/api/v1/layers/${entry.id}/${entry.release === null ? "" : `?release=${entry.release}`}`;
}

function choiceRow(title: string, select: HTMLSelectElement): HTMLElement {
  select.setAttribute("aria-label", title);
  return element("div", { class: "range-row" }, element("span", {}, title), select);
}

/** Releases are read when a person looks for them. */
function releaseChoice(entry: Entry, source: Source, review: ReviewContext): HTMLElement {
  const { layer } = source;
  const now = entry.release === null ? "" : String(entry.release);
  const select = element(
    "select",
    { class: "input small" },
    element("option", { value: "" }, `Newest (${layer?.newest_release ?? layer?.release ?? "?"})`),
  );
  if (now) select.append(element("option", { value: now }, `Release ${now}`));
  select.value = now;
  let asked = false;
  const fill = async (): Promise<void> => {
    if (asked) return;
    asked = true;
    const path = `/api/v1/layers/${entry.id}/releases/?page_size=500`;
    const rows = await getJson<{ results: ReleaseRow[] }>(path).catch(() => null);
    for (const { number, status, published_at: at } of rows?.results ?? []) {
      if (String(number) === now) continue;
      const text = `Release ${number} · ${day(at)}${status === "superseded" ? " · superseded" : ""}`;
      select.append(element("option", { value: String(number) }, text));
    }
  };
  select.addEventListener("pointerdown", () => void fill());
  select.addEventListener("focus", () => void fill());
  select.addEventListener("change", () => {
    const release = select.value ? Number(select.value) : null;
    const { store } = review;
    store.change({ stack: changed(store.get().stack, keyOf(entry), { release }) });
  });
  return choiceRow("Release", select);
}

/** Colour styles and the data bands of a scene; of a static layer its rasters. */
export function stylesOf(
  assets: Record<string, { roles?: string[] }>,
  kind: Entry["kind"] = "scene",
): string[] {
  const bands = Object.entries(assets)
    .filter(([, asset]) => asset.roles?.includes("data"))
    .map(([key]) => key);
  return kind === "static" ? bands : ["rgb", "nir", ...bands];
}

function styleChoice(entry: Entry, source: Source, review: ReviewContext): HTMLElement {
  const select = element(
    "select",
    { class: "input small" },
    ...stylesOf(source.scene?.assets ?? {}, entry.kind).map((bands) =>
      element("option", { value: bands }, styleWord(bands)),
    ),
  );
  if (entry.bands) select.value = entry.bands;
  select.addEventListener("change", () => {
    const { store } = review;
    store.change({ stack: changed(store.get().stack, keyOf(entry), { bands: select.value }) });
  });
  return choiceRow("Bands", select);
}
