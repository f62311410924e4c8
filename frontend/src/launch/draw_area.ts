import type { Geometry, Polygon } from "geojson";
import type { LatLng, Map as LeafletMap, LeafletMouseEvent } from "leaflet";
import { polyline } from "leaflet";
import { element } from "../ui/dom";
import { onTheme, token } from "../ui/theme";

/** A closed ring from corners; null while they enclose nothing. */
export function ringOf(corners: { lat: number; lng: number }[]): Polygon | null {
  const places = corners.map(({ lat, lng }) => [Number(lng.toFixed(6)), Number(lat.toFixed(6))]);
  const first = places[0];
  if (places.length < 3 || !first) return null;
  return { type: "Polygon", coordinates: [[...places, first]] };
}

/** The rectangle a map shows. */
export function viewOf(map: LeafletMap): Polygon {
  const box = map.getBounds();
  const corners = [box.getSouthWest(), box.getSouthEast(), box.getNorthEast(), box.getNorthWest()];
  return ringOf(corners) as Polygon;
}

/** Lets a person click corners: Enter or a double click ends, Backspace undoes, Esc stops. */
export function drawArea(map: LeafletMap): Promise<Geometry | null> {
  const corners: LatLng[] = [];
  const line = polyline([], { interactive: false, weight: 2 }).addTo(map);
  const holder = map.getContainer();
  const note = element("div", { class: "draw-hint", role: "status" });
  holder.append(note);
  onTheme(() => line.setStyle({ color: token("accent") }));
  return new Promise((resolve) => {
    const redraw = (): void => {
      line.setLatLngs(corners.length > 2 ? [...corners, corners[0] as LatLng] : corners);
      const left = Math.max(0, 3 - corners.length);
      note.textContent = left
        ? `Click ${left} more corner${left === 1 ? "" : "s"}. Esc stops.`
        : "Enter or a double click ends the area; Backspace takes the last corner back.";
    };
    const end = (shape: Geometry | null): void => {
      line.remove();
      map.off("click", add);
      map.off("dblclick", finish);
      map.doubleClickZoom.enable();
      document.removeEventListener("keydown", key, true);
      holder.classList.remove("drawing");
      note.remove();
      resolve(shape);
    };
    const add = (event: LeafletMouseEvent): void => {
      const last = corners.at(-1);
      if (last?.equals(event.latlng)) return;
      corners.push(event.latlng);
      redraw();
    };
    const finish = (): void => {
      const shape = ringOf(corners);
      if (shape) end(shape);
    };
    const key = (event: KeyboardEvent): void => {
      if (event.key === "Escape") end(null);
      else if (event.key === "Enter") finish();
      else if (event.key === "Backspace") {
        corners.pop();
        redraw();
      } else return;
      event.preventDefault();
      event.stopPropagation();
    };
    map.doubleClickZoom.disable();
    map.on("click", add);
    map.on("dblclick", finish);
    document.addEventListener("keydown", key, true);
    holder.classList.add("drawing");
    redraw();
  });
}
