import { ApiError, getJson } from "../api/client";
import { element, icon } from "../ui/dom";
import { registeredCommands } from "../ui/palette";
import type { ShellData } from "./data";
import { type Hit, listed, type Offer, offerOfHit, placesOf, stepped } from "./offers";

const WAIT_MS = 180;

/** Ctrl+K: a combobox over every page, project, action and named thing of the project. */
export class PaletteDialog {
  private readonly input = element("input", {
    type: "text",
    role: "combobox",
    "aria-label": "Search or run a command",
    "aria-expanded": "true",
    "aria-controls": "palette-list",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
    placeholder: "Search or run a command",
  });
  private readonly list = element("div", {
    class: "palette-list",
    id: "palette-list",
    role: "listbox",
    "aria-label": "Results",
  });
  private readonly status = element("p", { class: "sr-only", role: "status" });
  private readonly dialog = element("dialog", {
    class: "palette",
    "aria-label": "Command palette",
  });
  private shown: Offer[] = [];
  private found: Offer[] = [];
  private at = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private asked: AbortController | null = null;

  constructor(private readonly data: ShellData) {
    const key = (cap: string, text: string): HTMLElement =>
      element("span", {}, element("kbd", {}, cap), ` ${text}`);
    this.dialog.append(
      element("div", { class: "palette-head" }, icon("search"), this.input),
      this.list,
      element(
        "div",
        { class: "palette-foot" },
        key("↑↓", "choose"),
        key("Enter", "open"),
        key("Esc", "close"),
      ),
      this.status,
    );
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("click", (event) => this.clicked(event));
    this.dialog.addEventListener("click", (event) => {
      if (event.target === this.dialog) this.dialog.close();
    });
    document.body.append(this.dialog);
  }

  open(): void {
    if (this.dialog.open) return;
    this.input.value = "";
    this.found = [];
    this.dialog.showModal();
    this.input.focus();
    this.draw();
  }

  private typed(): void {
    clearTimeout(this.timer);
    this.found = [];
    this.draw();
    const query = this.input.value.trim();
    if (query.length < 2 || !this.data.project) return;
    this.timer = setTimeout(() => void this.ask(query), WAIT_MS);
  }

  private async ask(query: string): Promise<void> {
    this.asked?.abort();
    this.asked = new AbortController();
    const asks = new URLSearchParams({ project: this.data.project?.id ?? "", q: query });
    try {
      const answer = await getJson<{ results: Hit[] }>(
        `/api/v1/search/?${asks}`,
        this.asked.signal,
      );
      if (query !== this.input.value.trim()) return;
      this.found = answer.results.map((hit) => offerOfHit(hit, go));
      this.draw(this.at);
    } catch (error) {
      if (error instanceof ApiError) this.status.textContent = error.message;
    }
  }

  private draw(keep = 0): void {
    const query = this.input.value.trim();
    const places = placesOf(this.data, go);
    this.shown = listed([...registeredCommands(), ...places], this.found, query);
    this.at = this.shown.length ? Math.min(keep, this.shown.length - 1) : -1;
    const rows: HTMLElement[] = [];
    let group = "";
    for (const [number, offer] of this.shown.entries()) {
      const named = offer.group ?? "Actions";
      if (named !== group)
        rows.push(element("div", { class: "group", role: "presentation" }, named));
      group = named;
      rows.push(this.row(offer, number));
    }
    if (rows.length === 0) {
      const text = `Nothing is called “${query}” here. Try a page, a job, a layer or a scene.`;
      rows.push(element("p", { class: "empty note" }, text));
    }
    this.list.replaceChildren(...rows);
    this.status.textContent = query ? `${this.shown.length} results` : "";
    this.mark();
  }

  private row(offer: Offer, number: number): HTMLElement {
    const keys = offer.keys?.map((key) => element("kbd", {}, key)) ?? [];
    return element(
      "div",
      { role: "option", id: `palette-${number}`, "data-at": number },
      icon(offer.icon ?? "right"),
      element("span", { class: "name" }, offer.label),
      element("span", { class: "hint" }, offer.hint ?? ""),
      keys.length ? element("span", { class: "keys" }, ...keys) : null,
    );
  }

  private mark(): void {
    for (const node of this.list.querySelectorAll<HTMLElement>('[role="option"]')) {
      const chosen = Number(node.dataset.at) === this.at;
      node.setAttribute("aria-selected", String(chosen));
      if (!chosen) continue;
      this.input.setAttribute("aria-activedescendant", node.id);
      node.scrollIntoView({ block: "nearest" });
    }
    if (this.at < 0) this.input.removeAttribute("aria-activedescendant");
  }

  private pressed(event: KeyboardEvent): void {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const by = steps[event.key];
    if (by !== undefined) this.at = stepped(this.at, by, this.shown.length);
    else if (event.key === "Enter") this.run(this.at);
    else return;
    event.preventDefault();
    this.mark();
  }

  private clicked(event: MouseEvent): void {
    const row = event.target instanceof Element && event.target.closest<HTMLElement>("[data-at]");
    if (row) this.run(Number(row.dataset.at));
  }

  private run(at: number): void {
    const offer = this.shown[at];
    if (!offer) return;
    this.dialog.close();
    offer.run();
  }
}

function go(url: string): void {
  location.assign(url);
}
