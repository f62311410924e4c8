import { apiCallButton } from "../ui/api_call";
import { element, icon, swatch } from "../ui/dom";
import { count } from "../ui/format";
import { keyCaps } from "../ui/keys";
import { SAMPLES } from "./calls";
import type { Editor } from "./editor";
import { type ClassEntry, STATUSES } from "./model";

export interface BarActs {
  zoom(): void;
  edit(): void;
  clear(): void;
}

function act(
  name: string,
  glyph: string,
  key: string,
  run: () => void,
  className = "button quiet small",
): HTMLButtonElement {
  const button = element(
    "button",
    { class: className, type: "button" },
    icon(glyph),
    name,
    keyCaps({ key }),
  );
  button.addEventListener("click", run);
  return button;
}

/** A button that opens a list of choices above itself. */
function menu(name: string, rows: HTMLElement[]): HTMLDetailsElement {
  const panel = element("div", { class: "menu-panel up" }, ...rows);
  const holder = element(
    "details",
    { class: "menu" },
    element("summary", { class: "button quiet small" }, name, icon("down")),
    panel,
  );
  panel.addEventListener("click", () => {
    holder.open = false;
  });
  return holder;
}

function choice(run: () => void, ...content: (Node | string)[]): HTMLButtonElement {
  const button = element("button", { type: "button" }, ...content);
  button.addEventListener("click", run);
  return button;
}

/** Acts on the selection: it floats over the map as long as something is selected. */
export class SelectionBar {
  private readonly number = element("strong", { "aria-live": "polite" });
  private readonly edit: HTMLButtonElement | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly editor: Editor,
    classes: readonly ClassEntry[],
    acts: BarActs,
  ) {
    const close = element(
      "button",
      { class: "button quiet square small", type: "button", "aria-label": "Select nothing" },
      icon("close"),
    );
    close.addEventListener("click", acts.clear);
    const parts: HTMLElement[] = [this.number];
    if (editor.mayEdit) {
      parts.push(
        menu(
          "Class",
          classes.map((entry, n) =>
            choice(
              () => void editor.setClass(entry),
              swatch(entry.color),
              `${entry.code} ${entry.name}`,
              n < 9 ? keyCaps({ key: String(n + 1) }) : "",
            ),
          ),
        ),
        menu(
          "Status",
          STATUSES.map((status) => choice(() => void editor.setStatus(status), status)),
        ),
      );
      this.edit = act("Edit shape", "shape", "e", acts.edit);
      parts.push(this.edit);
    }
    parts.push(act("Zoom", "target", "f", acts.zoom));
    if (editor.mayEdit) {
      const remove = () => void editor.remove();
      parts.push(act("Delete", "trash", "Delete", remove, "button quiet small danger"));
      parts.push(apiCallButton(() => this.call()));
    }
    host.append(...parts, close);
  }

  draw(): void {
    const amount = this.editor.selection.ids.size;
    this.host.hidden = amount === 0;
    this.number.textContent = `${count(amount)} selected`;
    if (this.edit) this.edit.disabled = amount !== 1;
  }

  private call(): { method: string; path: string; body: unknown } {
    const samples = this.editor.selected().map(({ id, revision, class_code, status }) => ({
      id,
      revision,
      class_code,
      status,
    }));
    return { method: "PATCH", path: SAMPLES, body: { samples } };
  }
}
