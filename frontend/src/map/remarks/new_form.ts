import { postJson } from "../../api/client";
import { apiCallButton } from "../../ui/api_call";
import { element } from "../../ui/dom";
import { toast } from "../../ui/toast";
import type { ReviewContext } from "../review/hooks";
import type { Place } from "../review/state";
import { assigneeChoice, field, severityChoice, showErrors } from "./form";
import type { Remark } from "./model";
import type { Remarks } from "./source";

/** The form of a new remark; the place is the inspected pixel, else the middle of the map. */
export function newForm(
  remarks: Remarks,
  review: ReviewContext,
  done: (id: string | null) => void,
): HTMLElement {
  let place: Place = review.store.get().point ?? middle(review);
  const at = element("span", { class: "mono" });
  const tell = (): void => {
    at.textContent = `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`;
  };
  tell();
  const centre = element("button", { class: "button quiet small", type: "button" });
  centre.append("Middle of the map");
  centre.addEventListener("click", () => {
    place = middle(review);
    tell();
  });
  const unwatch = review.store.watch(({ point }, before) => {
    if (!form.isConnected) unwatch();
    else if (point && point !== before.point) {
      place = point;
      tell();
    }
  });
  const text = element("textarea", {
    class: "input",
    name: "text",
    id: "remark-text",
    rows: 3,
    required: true,
    maxlength: 4000,
  });
  const severity = severityChoice("minor");
  const assignee = assigneeChoice(review.project.id, null);
  const due = element("input", { class: "input", type: "date", name: "due", id: "remark-due" });
  const layer = topLayer(review);
  const body = () => ({
    type: "Feature",
    geometry: { type: "Point", coordinates: [place.lon, place.lat] },
    properties: {
      project: review.project.id,
      text: text.value,
      severity: severity.value,
      assignee: assignee.value || null,
      due: due.value || null,
      layer,
    },
  });
  const cancel = element("button", { class: "button", type: "button" }, "Back to the list");
  cancel.addEventListener("click", () => done(null));
  const form = element(
    "form",
    { class: "stack" },
    field("What should be looked at?", text),
    element("p", { class: "note" }, "Place: ", at, " ", centre),
    element("p", { class: "help" }, "A click on the map moves it."),
    element("div", { class: "remark-fields" }, field("Severity", severity), field("Due", due)),
    field("Assignee", assignee),
    element(
      "div",
      { class: "row end" },
      apiCallButton(() => ({ method: "POST", path: "/api/v1/remarks/", body: body() })),
      cancel,
      element("button", { class: "button primary", type: "submit" }, "Pin remark"),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void postJson<Remark>("/api/v1/remarks/", body())
      .then(async (made) => {
        await remarks.load();
        toast(`Remark ${made.properties.number} is on the map.`);
        done(made.id);
      })
      .catch((error: unknown) => showErrors(form, error));
  });
  return form;
}

function middle(review: ReviewContext): Place {
  const { lat, lng } = review.map.getCenter();
  return { lat, lon: lng };
}

function topLayer(review: ReviewContext): string | null {
  const stack = review.store.get().stack;
  return stack.find((entry) => entry.kind === "layer" && entry.visible)?.id ?? null;
}
