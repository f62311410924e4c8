import { openDialog } from "../ui/dialog";
import { element, icon, swatch } from "../ui/dom";
import { count } from "../ui/format";
import type { Choice, Clash } from "./editor";
import { type ClassEntry, classColor, classWords, type Values } from "./model";
import { ago } from "./table";

const WORDS: Record<keyof Values, string> = {
  class_code: "Class",
  status: "Status",
  geometry: "Shape",
};
const SHOWN = 5;

function value(classes: readonly ClassEntry[], name: keyof Values, of: Values): Node {
  if (name === "class_code") {
    const code = of.class_code ?? null;
    return element("span", {}, swatch(classColor(classes, code)), ` ${classWords(classes, code)}`);
  }
  const text = name === "status" ? (of.status ?? "–") : of.geometry ? placeWords(of) : "as it was";
  return document.createTextNode(text);
}

function placeWords({ geometry }: Values): string {
  if (geometry?.type !== "Point") return `${geometry?.type ?? "shape"}, moved`;
  const [lon, lat] = geometry.coordinates as [number, number];
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}`;
}

/** The fields that one of both sides is about. */
function fieldsOf({ mine, theirs }: Clash): (keyof Values)[] {
  const asked = Object.keys(mine ?? {}) as (keyof Values)[];
  const always: (keyof Values)[] = theirs ? ["class_code", "status"] : [];
  return [...new Set([...asked, ...always])];
}

function versions(clash: Clash, classes: readonly ClassEntry[]): HTMLElement {
  const { id, mine, theirs } = clash;
  const who = theirs
    ? `${theirs.updated_by ?? "a program"}, ${ago(theirs.updated_at)}`
    : "deleted by somebody else";
  const head = element(
    "tr",
    {},
    element("td", {}),
    element("th", { scope: "col" }, "Yours", element("small", {}, " not saved")),
    element("th", { scope: "col" }, "Theirs", element("small", {}, ` ${who}`)),
  );
  const rows = fieldsOf(clash).map((name) =>
    element(
      "tr",
      {},
      element("th", { scope: "row" }, WORDS[name]),
      element(
        "td",
        {},
        mine === null ? "deleted" : name in mine ? value(classes, name, mine) : "–",
      ),
      element("td", {}, theirs ? value(classes, name, theirs as Values) : "deleted"),
    ),
  );
  const caption = theirs?.external_id || id.slice(0, 8);
  return element(
    "table",
    { class: "clash" },
    element("caption", { class: "mono" }, `Sample ${caption}`),
    element("thead", {}, head),
    element("tbody", {}, ...rows),
  );
}

export interface ConflictOptions {
  classes: readonly ClassEntry[];
  show(ids: string[]): void;
}

/**
 * Both versions of samples that somebody else edited first. Closing the dialog keeps theirs: what
 * is stored is never overwritten by accident.
 */
export function conflictDialog(clashes: Clash[], options: ConflictOptions): Promise<Choice> {
  return new Promise((resolve) => {
    let choice: Choice = "theirs";
    const possible = clashes.some((clash) => clash.theirs !== null);
    const keep = element("button", { class: "button", type: "button" }, "Keep theirs");
    const mine = element(
      "button",
      { class: "button primary", type: "button" },
      "Apply mine on top",
    );
    const show = element(
      "button",
      { class: "button quiet", type: "button" },
      icon("target"),
      "Show on map",
    );
    mine.hidden = !possible;
    show.hidden = !possible;
    const tables = clashes.slice(0, SHOWN).map((clash) => versions(clash, options.classes));
    const more = clashes.length > SHOWN ? `… and ${count(clashes.length - SHOWN)} more.` : "";
    const body = element(
      "div",
      { class: "clashes" },
      element(
        "p",
        {},
        "Somebody else edited what you were editing. Nothing of theirs was overwritten.",
      ),
      ...tables,
      more ? element("p", { class: "note" }, more) : null,
    );
    const { dialog, close } = openDialog({
      title:
        clashes.length === 1
          ? "This sample was edited meanwhile"
          : `${count(clashes.length)} samples were edited meanwhile`,
      body,
      actions: [show, keep, mine],
      onClose: () => resolve(choice),
      wide: true,
    });
    keep.addEventListener("click", close);
    mine.addEventListener("click", () => {
      choice = "mine";
      close();
    });
    show.addEventListener("click", () => {
      options.show(clashes.filter((clash) => clash.theirs).map((clash) => clash.id));
      dialog.classList.add("aside");
    });
    keep.focus();
  });
}
