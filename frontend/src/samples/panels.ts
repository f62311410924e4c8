import { getJson } from "../api/client";
import { type BBox, boundsOf } from "../map/setup";
import { byId } from "../ui/dom";
import { readState, writeState } from "../ui/permalink_state";
import type { Balance } from "./calls";
import { addressOf, NO_FILTERS } from "./filters";
import type { ImportWizard } from "./import/wizard";
import type { SamplesPage } from "./page";

let wizard: Promise<ImportWizard> | null = null;

/** What is loaded beside the editor, when it is needed: versions, and the import of files. */
export function bindPanels(page: SamplesPage): void {
  void showVersions(page);
  const button = document.getElementById("import-samples");
  if (!button) return;
  button.addEventListener("click", () => void openWizard(page));
  if (readState().has("import")) void openWizard(page);
}

async function showVersions(page: SamplesPage): Promise<void> {
  const { VersionsPanel } = await import("./versions");
  const { set, classes, mayFreeze, labels } = page.data;
  new VersionsPanel(byId("versions"), { set, classes, mayFreeze, mayExport: labels });
}

async function openWizard(page: SamplesPage): Promise<void> {
  writeState({ import: null });
  wizard ??= makeWizard(page);
  (await wizard).open();
}

async function makeWizard(page: SamplesPage): Promise<ImportWizard> {
  const { ImportWizard } = await import("./import/wizard");
  const { set, classes, nomenclature, uploadLimit } = page.data;
  return new ImportWizard({
    ...{ set, classes, limit: uploadLimit, legend: nomenclature.name },
    show: (source) => void showSource(page, source),
  });
}

/** The samples of one file, in an address of its own: a reload also brings classes just made. */
async function showSource(page: SamplesPage, source: string): Promise<void> {
  const filters = { ...NO_FILTERS, sources: source.includes(",") ? [] : [source] };
  const query = new URLSearchParams({ set: page.data.set.id });
  for (const [name, value] of Object.entries(addressOf(filters))) if (value) query.set(name, value);
  const asked = `/api/v1/sample-sets/${page.data.set.id}/balance/?${new URLSearchParams({ source })}`;
  const found = await getJson<Balance>(asked).catch(() => null);
  if (found?.bbox) query.set("view", viewOf(page, found.bbox));
  location.search = `?${query}`;
}

function viewOf(page: SamplesPage, bbox: BBox): string {
  const [west, south, east, north] = bbox;
  const zoom = Math.min(16, page.map.getBoundsZoom(boundsOf(bbox)));
  return `${zoom}/${((south + north) / 2).toFixed(5)}/${((west + east) / 2).toFixed(5)}`;
}
