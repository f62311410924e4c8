import { byId } from "../ui/dom";
import { readState, writeState } from "../ui/permalink_state";

export type Tab = "scenes" | "statics" | "references" | "selections";

const TABS: readonly Tab[] = ["scenes", "statics", "references", "selections"];

/** The row of tabs: arrow keys go from one to the next, the address keeps the open one. */
export class TabRow {
  constructor(private readonly opened: (tab: Tab) => void) {
    for (const tab of TABS) {
      const node = byId(`tab-${tab}`);
      node.addEventListener("click", () => this.open(tab));
      node.addEventListener("keydown", (event) => this.onKey(event, tab));
    }
    const wanted = readState().get("tab") as Tab | null;
    if (wanted && TABS.includes(wanted)) this.open(wanted);
  }

  private open(tab: Tab): void {
    for (const name of TABS) {
      const on = name === tab;
      const node = byId(`tab-${name}`);
      node.setAttribute("aria-selected", String(on));
      node.tabIndex = on ? 0 : -1;
      byId(`side-${name}`).hidden = !on;
    }
    writeState({ tab: tab === "scenes" ? null : tab });
    this.opened(tab);
  }

  private onKey(event: KeyboardEvent, tab: Tab): void {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const next = TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length] as Tab;
    this.open(next);
    byId(`tab-${next}`).focus();
  }
}
