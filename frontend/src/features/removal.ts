import { ApiError, deleteJson } from "../api/client";
import { showApiCall } from "../ui/api_call";
import { confirmDialog } from "../ui/dialog";
import { element } from "../ui/dom";
import { toast } from "../ui/toast";

/** Makes the "Delete…" buttons of the list ask first. */
export function watchRemoval(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-delete-set]"))
    button.addEventListener("click", () => void remove(button));
}

async function remove(button: HTMLButtonElement): Promise<void> {
  const path = `/api/v1/feature-sets/${button.dataset.deleteSet}/`;
  const call = element("button", { class: "link", type: "button" }, "Show as API call");
  call.addEventListener("click", () => showApiCall({ method: "DELETE", path }));
  const sure = await confirmDialog({
    title: `Delete the feature set "${button.dataset.name}"?`,
    body: element(
      "p",
      {},
      "No model uses it. Templates that name it will have to choose another. ",
      call,
    ),
    act: "Delete feature set",
    keep: "Keep it",
    destructive: true,
  });
  if (!sure) return;
  try {
    await deleteJson(path);
    location.reload();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(error.message, "failed");
  }
}
