import { addPanel } from "../review/hooks";

addPanel({
  id: "difference",
  title: "Difference",
  icon: "difference",
  key: "d",
  mount(body, review) {
    const made = import("./panel").then((part) => new part.DifferencePanel(body, review));
    return { opened: () => void made.then((panel) => panel.load()) };
  },
});
