import type { LatLngExpression, Marker } from "leaflet";
import { divIcon, marker } from "leaflet";
import { element, icon } from "../../ui/dom";
import type { Place } from "../review/state";
import { placeOf, type Remark, SEVERITY, STATUS } from "./model";

export const PIN_PANE = "remarks";

const at = ({ lat, lon }: Place): LatLngExpression => [lat, lon];

function sign(tone: string, text: string, more = ""): HTMLElement {
  const shown = element("span", { class: "remark-pin" }, icon(tone, `icon tone-${tone}`), text);
  if (more) shown.classList.add(more);
  return shown;
}

/** A remark on the map: its number and the icon of its status, opened by click, Enter or Space. */
export function remarkPin(row: Remark, selected: boolean, open: () => void): Marker {
  const { number, status, severity, text } = row.properties;
  const { word, tone } = STATUS[status];
  const html = sign(tone, String(number), selected ? "selected" : "");
  const pin = marker(at(placeOf(row)), {
    icon: divIcon({ className: "remark-pin-holder", html, iconSize: [0, 0] }),
    pane: PIN_PANE,
    bubblingMouseEvents: false,
    zIndexOffset: selected ? 1000 : 0,
  });
  pin.bindTooltip(`${word} · ${SEVERITY[severity]} · ${text.slice(0, 80)}`, {
    direction: "top",
    offset: [0, -32],
  });
  pin.on("click", open);
  pin.on("add", () => {
    const node = pin.getElement();
    node?.setAttribute("aria-label", `Remark ${number}, ${word}: ${text.slice(0, 80)}`);
    node?.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.stopPropagation();
      open();
    });
  });
  return pin;
}

/** Where a remark that is being written will be pinned; it can be dragged. */
export function draftPin(place: Place, moved: (place: Place) => void): Marker {
  const html = sign("flag", "New", "draft");
  const pin = marker(at(place), {
    icon: divIcon({ className: "remark-pin-holder", html, iconSize: [0, 0] }),
    pane: PIN_PANE,
    draggable: true,
    keyboard: false,
    zIndexOffset: 2000,
  });
  pin.on("dragend", () => {
    const { lat, lng } = pin.getLatLng();
    moved({ lat, lon: lng });
  });
  return pin;
}
