import { byId, element } from "../../ui/dom";
import { bindKeys } from "../../ui/keys";
import { registerCommand } from "../../ui/palette";
import { type PanelLife, panels, type ReviewContext, type ReviewPanel } from "./hooks";

interface Mounted {
  panel: ReviewPanel;
  body: HTMLElement;
  life: PanelLife;
}

/** The place at the right where one panel is open at a time. */
export class Side {
  private readonly box = byId("side-panel");
  private readonly mounted = new Map<string, Mounted>();
  private open: Mounted | null = null;

  constructor(private readonly review: ReviewContext) {
    byId("side-close").addEventListener("click", () => review.closePanel());
    review.store.watch((now, before) => {
      if (now.panel !== before.panel) this.turn(now.panel);
    });
    for (const panel of panels) this.offer(panel);
  }

  start(): void {
    this.turn(this.review.store.get().panel);
  }

  private offer(panel: ReviewPanel): void {
    const run = (): void => {
      if (this.review.store.get().panel === panel.id) this.review.closePanel();
      else this.review.openPanel(panel.id);
    };
    registerCommand({ label: `${panel.title} panel`, group: "Map", run });
    if (panel.key && panel.id !== "pixel") bindKeys([{ key: panel.key, label: panel.title, run }]);
  }

  private turn(id: string | null): void {
    const panel = panels.find((other) => other.id === id);
    if (this.open) {
      this.open.body.hidden = true;
      this.open.life.closed?.();
      this.open = null;
    }
    this.box.hidden = panel === undefined;
    byId("map-screen").classList.toggle("with-side", panel !== undefined);
    if (!panel) return;
    const mounted = this.mounted.get(panel.id) ?? this.mount(panel);
    byId("side-title").textContent = panel.title;
    this.box.setAttribute("aria-label", panel.title);
    mounted.body.hidden = false;
    this.open = mounted;
    mounted.life.opened?.();
  }

  private mount(panel: ReviewPanel): Mounted {
    const body = element("div", { class: "side-body" });
    byId("side-bodies").append(body);
    const life = panel.mount(body, this.review) ?? {};
    const mounted = { panel, body, life };
    this.mounted.set(panel.id, mounted);
    return mounted;
  }
}
