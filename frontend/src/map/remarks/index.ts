import { readState } from "../../ui/permalink_state";
import { addOverlay, addPanel, type ReviewContext } from "../review/hooks";
import type { RemarkLayer } from "./layer";
import type { RemarkPanel } from "./panel";
import { Remarks } from "./source";

let shared: Remarks | null = null;
let panel: Promise<RemarkPanel> | null = null;

const remarksOf = (review: ReviewContext): Remarks => {
  if (!shared) {
    shared = new Remarks(review.project.id);
    shared.selected = readState().get("remark");
  }
  return shared;
};

addPanel({
  id: "remarks",
  title: "Remarks",
  icon: "flag",
  key: "m",
  picks: true,
  mount(body, review) {
    const made = import("./panel").then(
      (part) => new part.RemarkPanel(body, remarksOf(review), review),
    );
    panel = made;
    return { opened: () => void made.then((drawn) => drawn.load()) };
  },
});

addOverlay({
  id: "remarks",
  title: "Remarks",
  attach(review) {
    const remarks = remarksOf(review);
    // A link that names a remark and no view moves the map to it.
    const move = !readState().has("view");
    let wanted = true;
    let layer: RemarkLayer | null = null;
    const open = (id: string): void => {
      review.openPanel("remarks");
      void panel?.then((drawn) => drawn.open(id));
    };
    const draw = async (): Promise<void> => {
      const part = await import("./layer");
      layer = new part.RemarkLayer(review.map, remarks, open);
      layer.show(wanted);
      await part.firstLoad(remarks, review, move);
    };
    void draw().catch(() => undefined); // the panel tells of errors and tries again
    return {
      show(on) {
        wanted = on;
        layer?.show(on);
      },
    };
  },
});
