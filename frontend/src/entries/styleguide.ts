import { confirmDialog, openDialog } from "../ui/dialog";
import { element } from "../ui/dom";
import { toast } from "../ui/toast";

/** The parts of the style guide that only show when something is pressed. */
const shows: Record<string, () => void> = {
  toast: () =>
    toast("3 samples deleted.", "good", { label: "Undo", run: () => toast("They are back.") }),
  dialog: () => {
    openDialog({
      title: "A dialog",
      body: element("p", {}, "Esc closes it, and the focus goes back to where it was."),
    });
  },
  confirm: () => {
    void confirmDialog({
      title: "Delete these samples?",
      body: "They leave the set. Undo is possible for a while.",
      act: "Delete samples",
      keep: "Keep them",
      destructive: true,
    });
  },
};

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const button = event.target.closest<HTMLElement>("[data-show]");
  shows[button?.dataset.show ?? ""]?.();
});
document.addEventListener("input", (event) => {
  const slider = event.target;
  if (!(slider instanceof HTMLInputElement) || slider.type !== "range") return;
  const output = slider.parentElement?.querySelector("output");
  if (output) output.textContent = `${slider.value} %`;
});
