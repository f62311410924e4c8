import type { Feature, Geometry } from "geojson";
import { ApiError, postJson } from "../api/client";
import { openDialog } from "../ui/dialog";
import { element } from "../ui/dom";
import type { Place } from "./scope";
import { field, problemNotice } from "./templates";

type AoiFeature = Feature<Geometry, { name: string; area_km2: number }>;

/** Names a drawn shape and keeps it as an area of interest; null when the person goes back. */
export function makeArea(
  project: string,
  geometry: Geometry,
  known: number,
): Promise<{ area: Place; feature: AoiFeature } | null> {
  return new Promise((resolve) => {
    let made: { area: Place; feature: AoiFeature } | null = null;
    const name = field("Name", "area-name", { maxlength: 200, required: true });
    name.input.value = `Area ${known + 1}`;
    const problem = element("div", {});
    const keep = element("button", { class: "button primary", type: "submit" }, "Keep area");
    const back = element("button", { class: "button", type: "button" }, "Throw it away");
    const form = element(
      "form",
      { class: "stack", novalidate: true },
      name.box,
      problem,
      element("div", { class: "foot" }, back, keep),
    );
    const { close } = openDialog({
      title: "Keep this as an area of interest",
      body: form,
      onClose: () => resolve(made),
    });
    back.addEventListener("click", close);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      keep.disabled = true;
      name.say("");
      try {
        const body = {
          type: "Feature",
          geometry,
          properties: { project, name: name.input.value.trim() },
        };
        const feature = await postJson<AoiFeature>("/api/v1/aois/", body);
        const { name: given, area_km2: km2 } = feature.properties;
        made = { area: { id: String(feature.id), name: given, km2, kind: "area" }, feature };
        close();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const texts = error.problem.errors?.name;
        if (texts) name.say(texts.join(" "));
        else problem.replaceChildren(problemNotice(error));
        keep.disabled = false;
      }
    });
    name.input.focus();
    name.input.select();
  });
}
