import { element, icon } from "../ui/dom";
import { addressOfStep, cardPlace, type Invitation, invitation, STEPS, stepHere } from "./steps";

const KEY = "tour-step";

function stepNow(): number | null {
  const text = sessionStorage.getItem(KEY);
  return text === null ? null : Number(text);
}

/** The tour on this page: shows the step under way, or offers to begin. */
export class Tour {
  private ring: HTMLElement | null = null;
  private card: HTMLElement | null = null;
  private readonly place = (): void => this.move();

  /** `keep` remembers on the server that this person has seen, or finished, the tour. */
  constructor(
    private readonly demo: string,
    private readonly kept: string | undefined,
    private readonly keep: (state: "seen" | "done") => void,
  ) {}

  /** Called once on each page. */
  resume(): void {
    const at = stepNow();
    const here = stepHere(this.demo, location.pathname, at);
    if (here !== null) this.show(here);
    else this.offer(invitation(this.demo, location.pathname, at, this.kept));
  }

  start(): void {
    this.clear();
    this.keep("seen");
    this.goTo(0);
  }

  /** Esc; false when nothing was shown. */
  leave(): boolean {
    if (!this.card) return false;
    sessionStorage.removeItem(KEY);
    this.keep("seen");
    this.clear();
    return true;
  }

  private offer(kind: Invitation): void {
    if (kind === null) return;
    const first = kind === "first";
    const go = element(
      "button",
      { class: "button primary", type: "button" },
      first ? "Take the tour" : "Go on with the tour",
    );
    const no = element(
      "button",
      { class: "button quiet", type: "button" },
      first ? "Not now" : "End it",
    );
    this.card = element(
      "section",
      { class: "tour-card tour-invite", "aria-label": "Tour" },
      element(
        "p",
        {},
        first ? "New here? Eight short steps show the demo project." : "The tour waits.",
      ),
      element("div", { class: "foot" }, no, go),
    );
    no.addEventListener("click", () => this.leave());
    go.addEventListener("click", () => (first ? this.start() : this.goTo(stepNow() ?? 0)));
    document.body.append(this.card);
  }

  private goTo(at: number): void {
    if (!STEPS[at]) {
      sessionStorage.removeItem(KEY);
      this.keep("done");
      this.clear();
      return;
    }
    sessionStorage.setItem(KEY, String(at));
    if (stepHere(this.demo, location.pathname, at) === null) {
      location.assign(addressOfStep(this.demo, at));
      return;
    }
    this.show(at);
  }

  private show(at: number): void {
    this.clear();
    const step = STEPS[at];
    if (!step) return;
    const last = at === STEPS.length - 1;
    const button = (kind: string, word: string, run: () => void): HTMLButtonElement => {
      const node = element("button", { class: `button ${kind}`, type: "button" }, word);
      node.addEventListener("click", run);
      return node;
    };
    const next = button("primary", last ? "Done" : "Next", () => this.goTo(at + 1));
    const back = at > 0 ? button("", "Back", () => this.goTo(at - 1)) : null;
    const close = button("quiet square", "", () => this.leave());
    close.setAttribute("aria-label", "End the tour");
    close.append(icon("close"));
    const title = element("h2", { id: "tour-title" }, step.title);
    const head = element(
      "div",
      { class: "foot" },
      element("span", { class: "note" }, `Tour, ${at + 1} of ${STEPS.length}`),
      close,
    );
    const text = element("p", { id: "tour-text" }, step.text);
    this.card = element(
      "div",
      {
        class: "tour-card",
        role: "dialog",
        "aria-labelledby": "tour-title",
        "aria-describedby": "tour-text",
      },
      head,
      title,
      text,
      element("div", { class: "foot" }, element("span", { class: "note" }), back, next),
    );
    this.ring = element("div", { class: "tour-ring", "aria-hidden": "true" });
    this.card.addEventListener("keydown", (event) => {
      if (event.key === "ArrowRight") this.goTo(at + 1);
      if (event.key === "ArrowLeft" && at > 0) this.goTo(at - 1);
    });
    document.body.append(this.ring, this.card);
    this.ring.dataset.step = String(at);
    window.addEventListener("resize", this.place);
    document.addEventListener("scroll", this.place, true);
    this.move();
    next.focus();
  }

  private anchor(at: number): DOMRect | null {
    for (const selector of STEPS[at]?.anchors ?? []) {
      const box = document.querySelector(selector)?.getBoundingClientRect();
      if (box && box.width > 0 && box.height > 0) return box;
    }
    return null;
  }

  private move(): void {
    const { ring, card } = this;
    if (!ring || !card) return;
    const view = { width: innerWidth, height: innerHeight };
    const box = this.anchor(Number(ring.dataset.step));
    ring.hidden = box === null;
    const target = box ?? { left: view.width / 2, top: view.height / 3, width: 0, height: 0 };
    const place = cardPlace(target, { width: card.offsetWidth, height: card.offsetHeight }, view);
    card.style.left = `${place.left}px`;
    card.style.top = `${place.top}px`;
    if (!box) return;
    const pad = 4;
    ring.style.left = `${box.left - pad}px`;
    ring.style.top = `${box.top - pad}px`;
    ring.style.width = `${box.width + 2 * pad}px`;
    ring.style.height = `${box.height + 2 * pad}px`;
  }

  private clear(): void {
    window.removeEventListener("resize", this.place);
    document.removeEventListener("scroll", this.place, true);
    this.ring?.remove();
    this.card?.remove();
    this.ring = null;
    this.card = null;
  }
}
