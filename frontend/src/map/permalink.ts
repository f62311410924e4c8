export interface View {
  lat: number;
  lon: number;
  zoom: number;
}

export interface MapState {
  layer: string | null;
  view: View | null;
  opacity: number;
  point: { lat: number; lon: number } | null;
}

function numbers(text: string | null, length: number): number[] | null {
  if (!text) return null;
  const parts = text.split("/").map(Number);
  return parts.length === length && parts.every(Number.isFinite) ? parts : null;
}

/** Reads the state of the map page from an address; what is missing or broken is null. */
export function readState(search: string): MapState {
  const query = new URLSearchParams(search);
  const view = numbers(query.get("view"), 3);
  const point = numbers(query.get("point"), 2);
  const opacity = Number(query.get("opacity") ?? "1");
  return {
    layer: query.get("layer"),
    view: view ? { zoom: view[0] as number, lat: view[1] as number, lon: view[2] as number } : null,
    opacity: Number.isFinite(opacity) && opacity >= 0 && opacity <= 1 ? opacity : 1,
    point: point ? { lat: point[0] as number, lon: point[1] as number } : null,
  };
}

/** Writes the state as a query that `readState` reads back; parameters of others stay. */
export function writeState(search: string, state: MapState): string {
  const query = new URLSearchParams(search);
  const set = (name: string, value: string | null): void => {
    if (value === null) query.delete(name);
    else query.set(name, value);
  };
  set("layer", state.layer);
  const { view, point } = state;
  set("view", view && `${view.zoom}/${view.lat.toFixed(5)}/${view.lon.toFixed(5)}`);
  set("opacity", state.opacity === 1 ? null : state.opacity.toFixed(2));
  set("point", point && `${point.lat.toFixed(6)}/${point.lon.toFixed(6)}`);
  const text = query.toString().replaceAll("%2F", "/");
  return text ? `?${text}` : "";
}
