import { vertexCount } from "../geo/measure";
import { apiCallButton } from "../ui/api_call";
import { element, icon } from "../ui/dom";
import { area as areaText, count } from "../ui/format";
import type { Area } from "./store";

export interface CardActions {
  slug: string;
  mayEdit: boolean;
  outside: boolean;
  edit(area: Area): void;
  zoom(area: Area): void;
  remove(area: Area): void;
  close(): void;
}

function act(text: string, name: string, run: () => void, kind = ""): HTMLButtonElement {
  const button = element("button", { class: `button small ${kind}`, type: "button" }, icon(name));
  button.append(text);
  button.addEventListener("click", run);
  return button;
}

/** What is known of the chosen area, and what can be done with it. */
export function areaCard(area: Area, actions: CardActions): Node[] {
  const { name, area_km2, revision } = area.properties;
  const head = element("header", {}, element("h2", {}, name));
  const close = act("", "close", actions.close, "quiet square");
  close.setAttribute("aria-label", "Choose none");
  head.append(close);
  const facts = element(
    "p",
    { class: "note" },
    `${areaText(area_km2)} · ${count(vertexCount(area.geometry))} corners · revision ${revision}`,
  );
  const nodes: Node[] = [head, facts];
  if (actions.outside) {
    nodes.push(
      element(
        "p",
        { class: "notice attention" },
        icon("attention"),
        element("span", {}, "No scene of this project touches it; a job here would find nothing."),
      ),
    );
  }
  const bar = element("div", { class: "areas-actions" });
  if (actions.mayEdit) bar.append(act("Edit", "edit", () => actions.edit(area)));
  bar.append(act("Zoom", "target", () => actions.zoom(area)));
  if (actions.mayEdit) {
    const launch = `/projects/${actions.slug}/launch/train_and_map/?aoi=${area.id}`;
    bar.append(element("a", { class: "button small", href: launch }, icon("launch"), "Launch…"));
    bar.append(act("Delete…", "trash", () => actions.remove(area), "danger"));
  }
  bar.append(apiCallButton(() => ({ method: "GET", path: `/api/v1/aois/${area.id}/` })));
  nodes.push(bar);
  return nodes;
}
