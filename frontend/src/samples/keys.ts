import { bindKeys, type KeyBinding } from "../ui/keys";
import { registerCommand } from "../ui/palette";
import { classOfKey } from "./model";
import type { SamplesPage } from "./page";
import * as chosen from "./selection";

/** Keys of the samples page; whoever may not edit has only those that look. */
export function bindSampleKeys(page: SamplesPage): void {
  const { editor, data } = page;
  const some = (): boolean => editor.selection.ids.size > 0;
  const free = (): boolean => document.querySelector("dialog[open]") === null;
  const looking: KeyBinding[] = [
    { key: "f", label: "Zoom to the selection", run: () => page.zoomToSelection(), when: some },
    { key: "b", label: "Select with a box", run: () => void page.modes.set("box") },
    { key: "j", label: "Next sample", run: () => page.step(1, false) },
    { key: "k", label: "Sample before", run: () => page.step(-1, false) },
    {
      key: "Escape",
      label: "Stop drawing, then select nothing",
      run: () => {
        if (!page.modes.idle) page.modes.end();
        else editor.select(chosen.NOTHING);
      },
      when: () => free() && (!page.modes.idle || some()),
    },
  ];
  bindKeys(looking);
  if (!data.mayEdit) return;
  const digits = data.classes.slice(0, 9).map((entry, n): KeyBinding => {
    const key = String(n + 1);
    const label = `Class ${entry.code} ${entry.name}`;
    const run = (): void => {
      const chosenClass = classOfKey(data.classes, key);
      if (chosenClass) void editor.setClass(chosenClass);
    };
    return { key, label, run, when: some };
  });
  const undo = (): void => editor.undo();
  const redo = (): void => editor.redo();
  bindKeys([
    ...digits,
    { key: "z", modifiers: ["ctrl"], label: "Undo", run: undo, when: free },
    { key: "z", modifiers: ["ctrl", "shift"], label: "Redo", run: redo, when: free },
    { key: "y", modifiers: ["ctrl"], label: "Redo", run: redo, when: free },
    {
      key: "Delete",
      label: "Delete the selected samples",
      run: () => void editor.remove(),
      when: () => some() && free() && !inText(),
    },
    { key: "p", label: "Draw points", run: () => void page.modes.set("point") },
    { key: "g", label: "Draw polygons", run: () => void page.modes.polygons() },
    { key: "e", label: "Edit the shape", run: () => void page.modes.set("shape"), when: some },
    { key: "o", label: "Status ok", run: () => void editor.setStatus("ok"), when: some },
    { key: "s", label: "Status suspect", run: () => void editor.setStatus("suspect"), when: some },
    {
      key: "x",
      label: "Status rejected",
      run: () => void editor.setStatus("rejected"),
      when: some,
    },
  ]);
  const offer = (label: string, keys: string[], run: () => void): void => {
    registerCommand({ label, keys, run, group: "Samples" });
  };
  offer("Draw points", ["P"], () => void page.modes.set("point"));
  offer("Draw polygons", ["G"], () => void page.modes.polygons());
  offer("Select all samples of the page", [], () => page.selectPage());
}

/** Del and arrows belong to a text field while one is typed in. */
function inText(): boolean {
  const at = document.activeElement;
  return at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement;
}
