import { ApiError, deleteJson, getJson, postJson } from "../api/client";
import { confirmDialog } from "../ui/dialog";
import { toast } from "../ui/toast";
import type { Area, AreaStore } from "./store";

/** Deletes an area after a question; the note that says so can bring it back. */
export async function removeArea(
  area: Area,
  store: AreaStore,
  onRestored: (area: Area) => void,
): Promise<void> {
  const sure = await confirmDialog({
    title: `Delete ${area.properties.name}?`,
    body: "Maps made from it stay. Jobs that wait for it keep the outline they were launched with.",
    act: "Delete area",
    keep: "Keep it",
    destructive: true,
  });
  if (!sure) return;
  try {
    await deleteJson(`/api/v1/aois/${area.id}/`, { "If-Match": `"${area.properties.revision}"` });
    store.remove(area.id);
    const undo = { label: "Undo", run: (): void => void restore(area, onRestored) };
    toast(`${area.properties.name} is deleted.`, "good", undo);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    await refused(error, area, store);
  }
}

async function refused(error: ApiError, area: Area, store: AreaStore): Promise<void> {
  if (error.problem.status === 404) {
    store.remove(area.id);
  } else if (error.problem.status === 412) {
    store.put([await getJson<Area>(`/api/v1/aois/${area.id}/`)]);
    toast("Somebody changed it meanwhile; look at it again before you delete it.", "attention");
  } else {
    toast(error.message, "failed");
  }
}

async function restore(area: Area, onRestored: (area: Area) => void): Promise<void> {
  const { name, project } = area.properties;
  const body = { type: "Feature", geometry: area.geometry, properties: { name, project } };
  try {
    onRestored(await postJson<Area>("/api/v1/aois/", body));
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), "failed");
  }
}
