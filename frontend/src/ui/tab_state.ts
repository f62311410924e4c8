import { readState, writeState } from "./permalink_state";

const idOf = (tab: Element | null): string => tab?.id.replace(/^tab-/, "") ?? "";

/** Keeps the chosen tab of a list in the address, under a name; `onShow` hears of each choice. */
export class TabState {
  private readonly tabs: HTMLElement[];

  constructor(
    private readonly list: HTMLElement,
    private readonly name: string,
    private readonly onShow: (id: string) => void,
  ) {
    this.tabs = [...list.querySelectorAll<HTMLElement>('[role="tab"]')];
    list.addEventListener("tab:chosen", (event) => this.chosen(event.target as HTMLElement));
    const wanted = readState().get(name);
    if (wanted) this.show(wanted);
  }

  show(id: string, focus = false): void {
    const tab = this.tabs.find((one) => idOf(one) === id);
    tab?.click();
    if (focus) tab?.focus();
  }

  private chosen(tab: HTMLElement): void {
    const first = idOf(this.list.querySelector('[role="tab"]'));
    writeState({ [this.name]: idOf(tab) === first ? null : idOf(tab) });
    this.onShow(idOf(tab));
  }
}
