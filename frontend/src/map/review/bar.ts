import { element, icon } from "../../ui/dom";
import { bindKeys, keyCaps } from "../../ui/keys";
import { registerCommand } from "../../ui/palette";
import { panels, type ReviewContext, tools } from "./hooks";
import type { Mode } from "./state";

export interface Act {
  id: string;
  title: string;
  icon: string;
  key?: string;
  run(): void;
  /** Whether it is on, for those that are switched. */
  on?(): boolean;
}

/** The bar at the bottom: ways to compare, panels and tools of other modules, table and link. */
export class Bar {
  private readonly buttons: [HTMLButtonElement, Act][] = [];

  constructor(holder: HTMLElement, review: ReviewContext, acts: readonly Act[]) {
    const { store } = review;
    const more = [
      ...panels
        .filter((panel) => panel.id !== "pixel")
        .map(
          (panel): Act => ({
            ...panel,
            run: () =>
              store.get().panel === panel.id ? review.closePanel() : review.openPanel(panel.id),
            on: () => store.get().panel === panel.id,
          }),
        ),
      ...tools.map((tool): Act => ({ ...tool, run: () => tool.run(review) })),
    ];
    for (const act of tools) {
      if (act.key) bindKeys([{ key: act.key, label: act.title, run: () => act.run(review) }]);
    }
    for (const act of [...acts, ...more]) holder.append(this.button(act));
    for (const act of acts) {
      registerCommand({ label: act.title, group: "Map", run: act.run });
      if (act.key) bindKeys([{ key: act.key, label: act.title, run: act.run }]);
    }
    store.watch(() => this.draw());
    this.draw();
  }

  private button(act: Act): HTMLButtonElement {
    const node = element(
      "button",
      { class: "button quiet small", type: "button", title: act.title },
      icon(act.icon),
      element("span", {}, act.title),
      act.key ? keyCaps({ key: act.key }) : null,
    );
    node.addEventListener("click", act.run);
    this.buttons.push([node, act]);
    return node;
  }

  private draw(): void {
    for (const [node, { on }] of this.buttons)
      if (on) node.setAttribute("aria-pressed", String(on()));
  }
}

export function modeAct(
  review: ReviewContext,
  mode: Mode,
  rest: Pick<Act, "title" | "icon" | "key">,
  after: () => void = () => undefined,
): Act {
  const { store } = review;
  return {
    id: mode,
    ...rest,
    on: () => store.get().mode === mode,
    run: () => {
      const next = store.get().mode === mode ? "single" : mode;
      store.change({ mode: next });
      if (next === mode) after();
    },
  };
}
