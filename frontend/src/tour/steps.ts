/** The tour over the demo project: what is said where. No DOM here. */
export interface TourStep {
  /** Page of the demo project, after its address: "" is the board. */
  page: string;
  /** What the step points at: the first of these that can be seen. */
  anchors: string[];
  title: string;
  text: string;
}

export const STEPS: readonly TourStep[] = [
  {
    page: "",
    anchors: ["nav.rail"],
    title: "One production from start to end",
    text: "This demo project maps a synthetic country whose truth is known. The sections follow the work: imagery, samples, models, jobs, map.",
  },
  {
    page: "scenes/",
    anchors: ["#screen h1", "#screen"],
    title: "Imagery comes first",
    text: "Scenes are imported from a STAC catalogue. They stay where they are; the project keeps footprints, dates and cloud cover, and picks what a map is made from.",
  },
  {
    page: "samples/",
    anchors: ["#screen h1", "#screen"],
    title: "Samples say what is what",
    text: "Labelled points and polygons, imported or drawn. Training and validation are kept apart for good, so that an accuracy means something.",
  },
  {
    page: "models/",
    anchors: ["#screen h1", "#screen"],
    title: "Models keep their history",
    text: "Each training makes a version that never changes, with a confusion matrix from spatial folds. Open one to see which samples it gets wrong.",
  },
  {
    page: "jobs/",
    anchors: ["#screen h1", "#screen"],
    title: "Jobs can be watched",
    text: "A job works block by block, and finished blocks are on the map at once. What failed is grouped by cause, with what helps beside it.",
  },
  {
    page: "map/",
    anchors: [".map-panel", "#screen"],
    title: "Look at the result",
    text: "Click a pixel to see its class, how sure the model was, and the dates behind it. The address of the page always holds what you see: send it to a colleague.",
  },
  {
    page: "map/",
    anchors: [".finder"],
    title: "Everything is one key away",
    text: "Ctrl+K finds pages, jobs, layers and scenes by name. ? shows the keys of the page, and every action can be shown as an API call.",
  },
  {
    page: "map/",
    anchors: ["#bell"],
    title: "You are told when it is done",
    text: "Launch a job and go on with something else: the bell tells how it ended. The tour starts again from your account menu.",
  },
];

export const addressOfStep = (demo: string, at: number): string =>
  `${demo}${STEPS[at]?.page ?? ""}`;

/** The step to show on a page: the one under way when it belongs here, else none. */
export function stepHere(demo: string, path: string, at: number | null): number | null {
  if (at === null || !STEPS[at] || demo === "") return null;
  return addressOfStep(demo, at) === path ? at : null;
}

export type Invitation = "first" | "continue" | null;

/** Whether to offer the tour: to newcomers on the first pages, and to who strayed from it. */
export function invitation(
  demo: string,
  path: string,
  at: number | null,
  kept: string | undefined,
): Invitation {
  if (demo === "") return null;
  if (at !== null && STEPS[at]) return stepHere(demo, path, at) === null ? "continue" : null;
  return !kept && (path === "/" || path === demo) ? "first" : null;
}

/** Where a card goes beside a box: below, else above, else right of it; always inside the window. */
export function cardPlace(
  box: { left: number; top: number; width: number; height: number },
  card: { width: number; height: number },
  view: { width: number; height: number },
): { left: number; top: number } {
  const gap = 12;
  const inside = (value: number, size: number, room: number): number =>
    Math.max(gap, Math.min(value, room - size - gap));
  const below = box.top + box.height + gap;
  const tall = box.height > view.height / 2;
  if (tall && box.left + box.width + gap + card.width < view.width) {
    return {
      left: box.left + box.width + gap,
      top: inside(box.top + 48, card.height, view.height),
    };
  }
  const fits = below + card.height < view.height;
  const top = fits ? below : box.top - card.height - gap;
  return {
    left: inside(box.left, card.width, view.width),
    top: inside(top, card.height, view.height),
  };
}
