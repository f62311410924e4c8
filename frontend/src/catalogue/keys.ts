import { bindKeys } from "../ui/keys";
import { registerCommand } from "../ui/palette";

export interface CatalogueActions {
  step(by: 1 | -1): void;
  include(): void;
  undo(): void;
  close(): void;
  importCatalogue(): void;
  freeze(): void;
  mayEdit: boolean;
  hasScene(): boolean;
}

/** Keys of the screen, and the same in the palette. */
export function bindCatalogueKeys(actions: CatalogueActions): void {
  const when = actions.hasScene;
  bindKeys([
    { key: "a", label: "Previous scene", run: () => actions.step(-1) },
    { key: "d", label: "Next scene", run: () => actions.step(1) },
    {
      key: "Escape",
      label: "Close the scene",
      run: actions.close,
      when: () => when() && !document.querySelector("dialog[open]"),
    },
  ]);
  if (!actions.mayEdit) return;
  bindKeys([
    { key: "e", label: "Leave the scene out, or take it in", run: actions.include, when },
    { key: "z", modifiers: ["ctrl"], label: "Undo", run: actions.undo },
  ]);
  registerCommand({
    label: "Import a catalogue",
    run: actions.importCatalogue,
    words: "stac scenes",
  });
  registerCommand({ label: "Freeze a selection of scenes", run: actions.freeze });
}
