import { element, icon } from "../ui/dom";
import { area as areaText } from "../ui/format";
import type { BoardState } from "./state";

export interface BarActions {
  view(): string | null;
  exported(): void;
}

/** The floating bar of the chosen areas: how many, how large, what can be done. */
export function drawBar(node: HTMLElement, state: BoardState, actions: BarActions): void {
  const chosen = state.selected;
  node.hidden = chosen.length === 0;
  if (chosen.length === 0) {
    node.replaceChildren();
    return;
  }
  const held = node.contains(document.activeElement);
  const many = chosen.length === 1 ? chosen[0]?.name : `${chosen.length} ${state.noun}s chosen`;
  const close = element(
    "button",
    { class: "button quiet square", type: "button", "aria-label": "Choose none" },
    icon("close"),
  );
  close.addEventListener("click", () => state.clear());
  const save = element("button", { class: "button quiet small", type: "button" }, icon("download"));
  save.append("Export GeoJSON");
  save.addEventListener("click", actions.exported);
  node.replaceChildren(
    element("strong", {}, many ?? ""),
    element("span", { class: "note" }, state.selectedKm2 ? areaText(state.selectedKm2) : ""),
    save,
    review(state, actions),
    ...(state.data.mayEdit ? [launch(state)] : []),
    close,
  );
  if (held) close.focus();
}

function review(state: BoardState, actions: BarActions): HTMLElement {
  const url = state.reviewUrl(actions.view());
  if (url) {
    const link = element("a", { class: "button quiet small", href: url }, icon("map"));
    link.append("Review on map", element("kbd", {}, "V"));
    return link;
  }
  const off = element("button", {
    class: "button quiet small",
    type: "button",
    disabled: true,
    title: "No map of the chosen areas yet",
  });
  off.append("Review on map");
  return off;
}

function launch(state: BoardState): HTMLElement {
  const link = element("a", { class: "button primary small", href: state.launchUrl() });
  link.append("Launch on these…", element("kbd", {}, "R"));
  return link;
}
