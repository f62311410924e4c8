import type { Layer, Map as LeafletMap } from "leaflet";
import { circleMarker, geoJSON, latLng } from "leaflet";
import { getJson, patchJson } from "../api/client";
import { onMap } from "../leaflet/page";
import { prepareMap } from "../map/setup";
import {
  type CellAnswer,
  type CellKey,
  type CellSample,
  cellAddress,
  cellNote,
  cellTitle,
  isRelabelled,
  type NamedClass,
  readCell,
} from "../models/cell";
import { apiCallButton } from "../ui/api_call";
import { confirmDialog } from "../ui/dialog";
import { byId, element, pageData, swatch } from "../ui/dom";
import { readState, writeState } from "../ui/permalink_state";
import { token } from "../ui/theme";
import { toast } from "../ui/toast";

interface PageData {
  version: string;
  name: string;
  project: { id: string; slug: string };
  classes: NamedClass[];
}

const data = pageData<PageData>("model-data");
const panel = byId("cell");
const marks = new Map<string, Layer>();
let map: LeafletMap | null = null;
let shown: Layer | null = null;
let asked = 0;

function colorOf(code: number | null): string {
  return data.classes.find((entry) => entry.code === code)?.color ?? "#9aa3ae";
}

function setMode(matrix: HTMLElement, mode: string): void {
  const attribute = `data-${mode}`;
  for (const cell of matrix.querySelectorAll<HTMLElement>(".cell")) {
    cell.textContent = cell.getAttribute(attribute) ?? "";
  }
}

function sampleLink(sample: CellSample): string {
  const { sample_set: set } = sample.properties;
  return `/projects/${data.project.slug}/samples/?set=${set}&sample=${sample.id}`;
}

function row(sample: CellSample, key: CellKey): HTMLTableRowElement {
  const { properties } = sample;
  const focus = element("button", { class: "button quiet small", type: "button" }, "Show");
  focus.addEventListener("click", () => zoomTo(sample.id));
  const label = element("span", { class: "class-name" }, swatch(colorOf(properties.class_code)));
  const entry = data.classes.find((known) => known.code === properties.class_code);
  label.append(entry?.name ?? "no class");
  if (isRelabelled(sample, key.column)) label.append(" (changed since)");
  return element(
    "tr",
    {},
    element(
      "td",
      {},
      element(
        "a",
        { class: "main", href: sampleLink(sample) },
        properties.external_id || sample.id.slice(0, 8),
      ),
    ),
    element("td", {}, label),
    element("td", {}, properties.status),
    element("td", { class: "num wide" }, String(properties.pixels)),
    element("td", { class: "num" }, focus),
  );
}

function head(): HTMLElement {
  const cells = [
    ["Sample", ""],
    ["Label now", ""],
    ["Status", ""],
    ["Pixels", "num wide"],
    ["Map", "num"],
  ].map(([word, kind]) => element("th", { scope: "col", class: kind || null }, word));
  return element("thead", {}, element("tr", {}, ...cells));
}

function drawTable(answer: CellAnswer, key: CellKey): void {
  const holder = byId("cell-table");
  if (!answer.features.length) {
    holder.replaceChildren(element("p", { class: "note" }, "None of these samples is left."));
    return;
  }
  const body = element("tbody", {}, ...answer.features.map((sample) => row(sample, key)));
  holder.replaceChildren(element("table", { class: "table" }, head(), body));
}

function drawMap(answer: CellAnswer, key: CellKey): void {
  if (!map) return;
  shown?.remove();
  marks.clear();
  const style = { color: token("text-1"), weight: 1.5, fillOpacity: 0.9 };
  const layer = geoJSON(answer.features as never, {
    pointToLayer: (_, at) => circleMarker(at, { radius: 6 }),
    style: () => ({ ...style, fillColor: colorOf(key.row) }),
    onEachFeature: (feature, one) => marks.set(String(feature.id), one),
  }).addTo(map);
  shown = layer;
  map.invalidateSize();
  if (layer.getBounds().isValid()) {
    map.fitBounds(layer.getBounds(), { padding: [24, 24], maxZoom: 14, animate: false });
  }
}

function zoomTo(id: string): void {
  const mark = marks.get(id);
  if (!map || !mark) return;
  const at =
    "getLatLng" in mark
      ? (mark as ReturnType<typeof circleMarker>).getLatLng()
      : latLng((mark as ReturnType<typeof geoJSON>).getBounds().getCenter());
  map.setView(at, 15, { animate: false });
  map.getContainer().scrollIntoView({ block: "nearest" });
}

function press(key: CellKey | null): void {
  for (const button of document.querySelectorAll<HTMLElement>("button.cell")) {
    const same =
      key !== null &&
      button.closest<HTMLElement>("[data-matrix]")?.dataset.matrix === key.assessment &&
      button.dataset.row === String(key.row) &&
      button.dataset.column === String(key.column);
    button.setAttribute("aria-pressed", String(same));
  }
}

async function openCell(key: CellKey): Promise<void> {
  asked += 1;
  const mine = asked;
  press(key);
  writeState({ matrix: key.assessment, cell: `${key.row}:${key.column}` });
  panel.hidden = false;
  byId("cell-title").textContent = cellTitle(data.classes, key.row, key.column);
  byId("cell-note").textContent = "Looking for the samples…";
  byId("cell-actions").replaceChildren(
    apiCallButton(() => ({ method: "GET", path: cellAddress(key) })),
  );
  try {
    const answer = await getJson<CellAnswer>(cellAddress(key));
    if (mine !== asked) return;
    byId("cell-note").textContent = cellNote(answer);
    drawTable(answer, key);
    drawMap(answer, key);
  } catch (error) {
    if (mine !== asked) return;
    byId("cell-note").textContent = "";
    byId("cell-table").replaceChildren(
      element("p", { class: "note", role: "alert" }, (error as Error).message),
    );
  }
}

async function setStatus(status: string): Promise<void> {
  const promote = status === "promoted";
  const sure = await confirmDialog({
    title: promote ? `Promote ${data.name}?` : `Retire ${data.name}?`,
    body: promote
      ? "It becomes the version that serves its region; the one promoted before is retired."
      : "It is no longer offered for new maps. Maps made with it stay.",
    act: promote ? "Promote version" : "Retire version",
    keep: "Leave it as it is",
    destructive: !promote,
  });
  if (!sure) return;
  try {
    await patchJson(`/api/v1/model-versions/${data.version}/`, { status });
    window.location.reload();
  } catch (error) {
    toast((error as Error).message, "failed");
  }
}

function cellOf(button: HTMLElement): CellKey | null {
  const assessment = button.closest<HTMLElement>("[data-matrix]")?.dataset.matrix;
  if (!assessment) return null;
  return { assessment, row: Number(button.dataset.row), column: Number(button.dataset.column) };
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const cell = event.target.closest<HTMLElement>("button.cell");
  const key = cell && cellOf(cell);
  if (key) void openCell(key);
  const change = event.target.closest<HTMLElement>("[data-status]")?.dataset.status;
  if (change) void setStatus(change);
});

for (const matrix of document.querySelectorAll<HTMLElement>("[data-matrix]")) {
  matrix.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement) setMode(matrix, event.target.value);
  });
}

onMap("cell-map", (found) => {
  map = found;
  prepareMap(found, "topright");
  const state = readState();
  const cell = readCell(state.get("cell"));
  const assessment = state.get("matrix");
  if (cell && assessment) void openCell({ assessment, ...cell });
});
