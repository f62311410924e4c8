import { addPanel } from "../review/hooks";
import { DifferencePanel } from "./panel";

addPanel({
  id: "difference",
  title: "Difference",
  icon: "difference",
  key: "d",
  mount(body, review) {
    const panel = new DifferencePanel(body, review);
    return { opened: () => void panel.load() };
  },
});
