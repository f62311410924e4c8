import { bindKeys, inField } from "../../ui/keys";
import type { ReviewContext } from "./hooks";
import { type LayersPanel, toggleSwitch } from "./layers_panel";
import type { PixelReader } from "./pixel_reader";
import { changed, keyOf } from "./state";

const ARROWS: readonly (readonly [key: string, label: string, x: number, y: number])[] = [
  ["ArrowLeft", "One pixel west", -1, 0],
  ["ArrowRight", "One pixel east", 1, 0],
  ["ArrowUp", "One pixel north", 0, -1],
  ["ArrowDown", "One pixel south", 0, 1],
];

/** Keys of the review screen beside those of the bar; all of them stand in the key help. */
export function bindReviewKeys(
  review: ReviewContext,
  panel: LayersPanel,
  pixel: PixelReader,
): void {
  const { map, store } = review;
  const reading = (): boolean => store.get().panel === "pixel" && store.get().point !== null;
  const elsewhere = (): boolean => {
    const { activeElement: at } = document;
    const own = at?.closest(
      'input, select, summary, [role="slider"], .entry-handle, dialog, .cell',
    );
    return own == null && !inField(at);
  };
  bindKeys([
    { key: "l", label: "Layers panel", run: () => panel.focus() },
    { key: "a", label: "Add a layer or scene", run: () => void panel.add() },
    { key: "[", label: "Entry above", run: () => panel.select(-1) },
    { key: "]", label: "Entry below", run: () => panel.select(1) },
    { key: "v", label: "Show or hide the selected entry", run: () => toggleCurrent(review, panel) },
    { key: "o", label: "Opacity of the selected entry", run: () => panel.focusOpacity() },
    { key: "r", label: "Zoom to the selected entry", run: () => zoomToCurrent(review, panel) },
    { key: "b", label: "Countries on or off", run: () => toggleSwitch(review, "countries") },
    { key: "i", label: "Read the pixel in the middle", run: () => inspectMiddle(review) },
    { key: ",", label: "Earlier image", run: () => pixel.stepDate(-1), when: reading },
    { key: ".", label: "Later image", run: () => pixel.stepDate(1), when: reading },
    {
      key: "Escape",
      label: "Close the panel",
      run: () => review.closePanel(),
      when: () => store.get().panel !== null && !document.querySelector("dialog[open]"),
    },
    ...ARROWS.map(([key, label, x, y]) => ({
      key,
      label,
      run: () => pixel.step(x, y),
      when: () => reading() && elsewhere(),
    })),
    { key: "+", label: "Nearer", run: () => void map.zoomIn(), when: reading },
    { key: "-", label: "Farther", run: () => void map.zoomOut(), when: reading },
  ]);
  // While a pixel is read the arrow keys move it, not the map.
  const share = (): void => {
    if (reading()) map.keyboard?.disable();
    else map.keyboard?.enable();
  };
  store.watch(share);
  share();
}

function toggleCurrent({ store }: ReviewContext, panel: LayersPanel): void {
  const entry = panel.current();
  if (!entry) return;
  const stack = changed(store.get().stack, keyOf(entry), { visible: !entry.visible });
  store.change({ stack });
}

function zoomToCurrent(review: ReviewContext, panel: LayersPanel): void {
  const entry = panel.current();
  const box = entry && review.sourceOf(entry)?.bbox;
  if (!box) return;
  review.map.fitBounds([
    [box[1], box[0]],
    [box[3], box[2]],
  ]);
}

function inspectMiddle(review: ReviewContext): void {
  const { lat, lng } = review.map.getCenter();
  review.inspect({ lat, lon: lng });
  review.map.getContainer().focus();
}
