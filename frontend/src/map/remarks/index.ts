import { addOverlay, addPanel, type ReviewContext } from "../review/hooks";
import { RemarkLayer } from "./layer";
import { RemarkPanel } from "./panel";
import { Remarks } from "./source";

let shared: Remarks | null = null;
let panel: RemarkPanel | null = null;

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
    const made = new RemarkPanel(body, remarksOf(review), review);
    panel = made;
    return { opened: () => void made.load() };
  },
});

addOverlay({
  id: "remarks",
  title: "Remarks",
  attach(review) {
    const remarks = remarksOf(review);
    const layer = new RemarkLayer(review.map, remarks, (id) => {
      review.openPanel("remarks");
      panel?.open(id);
    });
    void remarks.load().catch(() => undefined); // the panel tells of errors and tries again
    return { show: (on) => layer.show(on) };
  },
});
