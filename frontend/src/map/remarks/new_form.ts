import type { Marker } from "leaflet";
import { postJson } from "../../api/client";
import { apiCallButton } from "../../ui/api_call";
import { element, icon } from "../../ui/dom";
import { toast } from "../../ui/toast";
import type { ReviewContext } from "../review/hooks";
import type { Place } from "../review/state";
import { uncover } from "../review/uncover";
import { assigneeChoice, field, severityChoice, showErrors } from "./form";
import type { Remark } from "./model";
import { draftPin } from "./pin";
import type { Remarks } from "./source";

/** The form of a new remark; its pin lies on the map at the inspected pixel, else in the middle. */
export class NewForm {
  readonly node: HTMLFormElement;
  private place: Place;
  private readonly pin: Marker;
  private readonly at = element("span", { class: "mono" });
  private readonly text = element("textarea", {
    class: "input",
    name: "text",
    id: "remark-text",
    rows: 3,
    required: true,
    maxlength: 4000,
  });
  private readonly severity = severityChoice("minor");
  private readonly assignee: HTMLSelectElement;
  private readonly due = element("input", {
    class: "input",
    type: "date",
    name: "due",
    id: "remark-due",
  });
  private readonly layer: string | null;

  constructor(
    private readonly remarks: Remarks,
    private readonly review: ReviewContext,
    private readonly done: (id: string | null) => void,
  ) {
    this.place = review.store.get().point ?? middle(review);
    this.layer = topLayer(review);
    this.assignee = assigneeChoice(review.project.id, null);
    this.pin = draftPin(this.place, (place) => this.move(place));
    this.node = element("form", { class: "stack" }, ...this.parts());
    this.move(this.place);
    review.store.watch(({ point }, before) => {
      if (this.node.isConnected && point && point !== before.point) this.move(point);
    });
    this.node.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.save();
    });
  }

  /** Puts the pin on the map, or takes it away while something else is in the panel. */
  show(on: boolean): void {
    if (!on) {
      this.pin.remove();
      return;
    }
    this.pin.addTo(this.review.map);
    uncover(this.review.map, this.place);
  }

  focus(): void {
    this.text.focus();
  }

  private move(place: Place): void {
    this.place = place;
    this.at.textContent = `${place.lat.toFixed(5)}, ${place.lon.toFixed(5)}`;
    this.pin.setLatLng([place.lat, place.lon]);
  }

  private parts(): HTMLElement[] {
    const list = this.button("All remarks", () => this.done(null), "quiet small");
    list.prepend(icon("left"));
    const centre = this.button("Use the middle of the map", () => this.centre(), "small");
    return [
      element("div", { class: "row tight" }, list),
      field("What should be looked at?", this.text),
      element(
        "div",
        { class: "remark-place" },
        element("span", { class: "note" }, "Place: ", this.at),
        centre,
        element("span", { class: "note" }, "Click on the map or drag the pin to move it."),
      ),
      element(
        "div",
        { class: "remark-fields" },
        field("Severity", this.severity),
        field("Due", this.due),
      ),
      field("Assignee", this.assignee),
      element(
        "div",
        { class: "row end" },
        this.callButton(),
        element("button", { class: "button primary", type: "submit" }, "Pin remark"),
      ),
    ];
  }

  private button(text: string, run: () => void, more: string): HTMLButtonElement {
    const node = element("button", { class: `button ${more}`, type: "button" }, text);
    node.addEventListener("click", run);
    return node;
  }

  private centre(): void {
    this.move(middle(this.review));
    uncover(this.review.map, this.place);
  }

  private callButton(): HTMLElement {
    return apiCallButton(() => ({ method: "POST", path: "/api/v1/remarks/", body: this.body() }));
  }

  private body(): Record<string, unknown> {
    return {
      type: "Feature",
      geometry: { type: "Point", coordinates: [this.place.lon, this.place.lat] },
      properties: {
        project: this.review.project.id,
        text: this.text.value,
        severity: this.severity.value,
        assignee: this.assignee.value || null,
        due: this.due.value || null,
        layer: this.layer,
      },
    };
  }

  private async save(): Promise<void> {
    try {
      const made = await postJson<Remark>("/api/v1/remarks/", this.body());
      this.remarks.selected = made.id;
      await this.remarks.load();
      toast(`Remark ${made.properties.number} is on the map.`);
      this.done(made.id);
    } catch (error) {
      showErrors(this.node, error);
    }
  }
}

function middle(review: ReviewContext): Place {
  const { lat, lng } = review.map.getCenter();
  return { lat, lon: lng };
}

function topLayer(review: ReviewContext): string | null {
  const stack = review.store.get().stack;
  return stack.find((entry) => entry.kind === "layer" && entry.visible)?.id ?? null;
}
