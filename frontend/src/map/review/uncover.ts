import type { Map as LeafletMap } from "leaflet";
import type { Place } from "./state";

// As the style sheet has it: a panel at the right, on a phone a drawer.
const PHONE_PX = 640;
const PANEL_PX = 336;
const DRAWER_SHARE = 0.62;

/** Moves the map as little as needed, so that the open panel does not lie over a place. */
export function uncover(map: LeafletMap, { lat, lon }: Place): void {
  const { x: width, y: height } = map.getSize();
  const drawer = width <= PHONE_PX;
  map.panInside([lat, lon], {
    paddingTopLeft: drawer ? [24, 96] : [24, 24],
    paddingBottomRight: drawer ? [24, height * DRAWER_SHARE + 24] : [PANEL_PX + 40, 24],
  });
}
