import { addOverlay, addPanel, type ReviewContext } from "../review/hooks";
import { RemarkLayer } from "./layer";
import type { RemarkPanel } from "./panel";
import { Remarks } from "./source";

let shared: Remarks | null = null;
let panel: Promise<RemarkPanel> | null = null;

const remarksOf = (review: ReviewContext): Remarks => {
  shared ??= new Remarks(review.project.id);
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
    const layer = new RemarkLayer(review.map, remarks, (id) => {
      review.openPanel("remarks");
      void panel?.then((drawn) => drawn.open(id));
    });
    void remarks.load().catch(() => undefined); // the panel tells of errors and tries again
    return { show: (on) => layer.show(on) };
  },
});
