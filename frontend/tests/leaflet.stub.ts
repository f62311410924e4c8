/** Stands in for the page's Leaflet where a test imports a module that draws. */
export const circleMarker = (): never => {
  throw new Error("A unit test does not draw on a map.");
};
