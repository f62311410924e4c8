import { areaKm2 } from "../geo/measure";
import { openDialog } from "../ui/dialog";
import { element } from "../ui/dom";
import { area as areaText } from "../ui/format";
import type { Area } from "./store";

export type Answer = "mine" | "theirs" | "new" | null;

interface Version {
  name: string;
  geometry: Area["geometry"] | null;
}

function column(title: string, version: Version | null): HTMLElement {
  return element(
    "div",
    {},
    element("h3", {}, title),
    version
      ? element(
          "dl",
          { class: "kv" },
          element("dt", {}, "Name"),
          element("dd", {}, version.name),
          element("dt", {}, "Area"),
          element("dd", {}, areaText(areaKm2(version.geometry))),
        )
      : element("p", {}, "The area was deleted."),
  );
}

/** Asks what becomes of two versions; one's own stays in the form whatever is answered. */
export function conflictDialog(mine: Version, theirs: Area | null): Promise<Answer> {
  return new Promise((resolve) => {
    let answer: Answer = null;
    const button = (text: string, value: Answer, kind = "button"): HTMLElement => {
      const node = element("button", { class: kind, type: "button" }, text);
      node.addEventListener("click", () => {
        answer = value;
        opened.close();
      });
      return node;
    };
    const actions = theirs
      ? [
          button("Take theirs", "theirs"),
          button("Keep mine as a new area", "new"),
          button("Replace theirs with mine", "mine", "button primary"),
        ]
      : [button("Keep mine as a new area", "new", "button primary")];
    const other = theirs && { name: theirs.properties.name, geometry: theirs.geometry };
    const opened = openDialog({
      title: theirs
        ? "Somebody changed this area meanwhile"
        : "Somebody deleted this area meanwhile",
      wide: true,
      body: element(
        "div",
        { class: "stack" },
        element(
          "p",
          {},
          "Nothing is lost: your version is still in the form. On the map, theirs is dashed.",
        ),
        element("div", { class: "conflict" }, column("Yours", mine), column("Theirs", other)),
      ),
      actions,
      onClose: () => resolve(answer),
    });
  });
}
