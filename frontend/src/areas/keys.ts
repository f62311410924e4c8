import { confirmDialog } from "../ui/dialog";
import { bindKeys } from "../ui/keys";
import { registerCommand } from "../ui/palette";
import type { Shape } from "./editor";
import type { Area } from "./store";

export interface AreaActs {
  mayEdit: boolean;
  free(): boolean;
  busy(): boolean;
  drawing(): boolean;
  selected(): Area | null;
  begin(kind: Shape | "text"): void;
  edit(area: Area): void;
  remove(area: Area): void;
  zoom(area: Area): void;
  upload(): void;
  pick(): void;
  undo(): void;
  leave(): void;
}

export const dialogOpen = (): boolean => document.querySelector("dialog[open]") !== null;

export function confirmDiscard(): Promise<boolean> {
  return confirmDialog({
    title: "Discard the outline?",
    body: "It is not saved yet.",
    act: "Discard it",
    keep: "Go on drawing",
    destructive: true,
  });
}

/** Keys and palette commands of the page of areas. */
export function bindAreaKeys(acts: AreaActs): void {
  const chosen = (): boolean => acts.free() && acts.selected() !== null && !dialogOpen();
  const on = (run: (area: Area) => void) => (): void => {
    const area = acts.selected();
    if (area) run(area);
  };
  bindKeys([
    { key: "z", label: "Zoom to the chosen area", run: on(acts.zoom), when: chosen },
    { key: "Escape", label: "Leave what you do", run: acts.leave, when: acts.busy },
  ]);
  if (!acts.mayEdit) return;
  const draw = (kind: Shape | "text") => (): void => acts.begin(kind);
  bindKeys([
    { key: "p", label: "Draw a polygon", run: draw("Polygon"), when: acts.free },
    { key: "r", label: "Draw a rectangle", run: draw("Rectangle"), when: acts.free },
    { key: "x", label: "Write coordinates", run: draw("text"), when: acts.free },
    { key: "u", label: "Upload a file", run: acts.upload, when: acts.free },
    { key: "e", label: "Edit the chosen area", run: on(acts.edit), when: chosen },
    { key: "Delete", label: "Delete the chosen area", run: on(acts.remove), when: chosen },
    {
      key: "z",
      modifiers: ["ctrl"],
      label: "Take back the last corner",
      run: acts.undo,
      when: acts.drawing,
    },
  ]);
  registerCommand({ label: "Draw an area of interest", keys: ["P"], run: draw("Polygon") });
  registerCommand({ label: "Upload areas of interest", keys: ["U"], run: acts.upload });
  registerCommand({ label: "Pick countries or grid cells as areas", run: acts.pick });
}
