import type { OfferedLayer } from "./add_dialog";
import { type Entry, entryOf } from "./state";

const NEWEST_ROLES = ["class", "confidence"];

/**
 * What a person sees who brings no stack: the newest map, its margin and imagery switched off.
 * A comparison of maps is no map.
 */
export function firstStack(data: {
  layers: readonly OfferedLayer[];
  scene: string | null;
}): Entry[] {
  const maps = data.layers.filter((layer) => layer.product !== "change");
  const main = maps.find((layer) => layer.role === "class") ?? maps[0];
  if (!main) return data.scene ? [entryOf("scene", data.scene)] : [];
  return [
    ...data.layers.filter((layer) => layer === main),
    ...data.layers.filter(
      ({ job, role }) => job === main.job && role !== main.role && NEWEST_ROLES.includes(role),
    ),
  ]
    .map((layer) => entryOf("layer", layer.id, { visible: layer === main }))
    .concat(data.scene ? [entryOf("scene", data.scene, { visible: false })] : []);
}
