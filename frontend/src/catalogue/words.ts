import { element, icon } from "../ui/dom";
import type { SceneFeature } from "./types";

const DATE = new Intl.DateTimeFormat("en-GB", {
  day: "numeric",
  month: "short",
  year: "numeric",
  timeZone: "UTC",
});

export function dateWords(iso: string | null): string {
  return iso ? DATE.format(new Date(iso)) : "no date";
}

export function cloudWords(cloud: number | null): string {
  return cloud === null ? "–" : `${Math.round(cloud)}\u202f%`;
}

/** What a list says of a scene's state: icon and word. */
export function stateMark(scene: SceneFeature): HTMLElement {
  const { included, excluded_reason: left, flagged_reason: flagged } = scene.properties;
  if (!included) {
    const text = left ? `Left out: ${left}` : "Left out";
    return element(
      "span",
      { class: "state tone-waiting", title: text },
      icon("waiting"),
      "left out",
    );
  }
  if (flagged) {
    return element(
      "span",
      { class: "state tone-attention", title: flagged },
      icon("attention"),
      "flagged",
    );
  }
  return element(
    "span",
    { class: "state tone-good", title: "Enters selections" },
    icon("good"),
    "in",
  );
}

export function notice(
  text: string,
  tone: "failed" | "attention" | "info" = "failed",
): HTMLElement {
  const name = tone === "info" ? "good" : tone;
  return element(
    "div",
    { class: `notice ${tone}`, role: tone === "failed" ? "alert" : null },
    icon(name),
    element("span", {}, text),
  );
}

export function button(
  text: string,
  run: () => void,
  kind = "button",
  extra: Record<string, string> = {},
): HTMLButtonElement {
  const node = element("button", { type: "button", class: kind, ...extra }, text);
  node.addEventListener("click", run);
  return node;
}
