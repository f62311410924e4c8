import { byId, element, icon } from "../ui/dom";
import type { Marks } from "./marks";
import type { SceneFeature, ScenePage } from "./types";
import { button, cloudWords, dateWords, notice, stateMark } from "./words";

export const PAGE_SIZE = 50;

export interface ListEvents {
  pick(scene: SceneFeature): void;
  hover(id: string | null): void;
  turn(page: number): void;
  marked(): void;
}

/** A page of the results as a table; the arrow keys go from row to row. */
export class SceneList {
  private readonly holder = byId("scene-list");
  private rows: SceneFeature[] = [];

  constructor(
    private readonly marks: Marks,
    private readonly mayEdit: boolean,
    private readonly events: ListEvents,
  ) {
    this.holder.addEventListener("keydown", (event) => this.onKey(event));
  }

  get ids(): string[] {
    return this.rows.map((scene) => scene.id);
  }

  find(id: string): SceneFeature | undefined {
    return this.rows.find((scene) => scene.id === id);
  }

  loading(): void {
    this.holder.setAttribute("aria-busy", "true");
    if (this.rows.length) return;
    const bars = Array.from({ length: 8 }, () => element("div", { class: "skeleton" }));
    this.holder.replaceChildren(...bars);
  }

  failed(text: string, again: () => void): void {
    this.holder.removeAttribute("aria-busy");
    const box = notice(text);
    box.append(button("Try again", again, "button small"));
    this.rows = [];
    this.holder.replaceChildren(box);
  }

  empty(body: Node): void {
    this.holder.removeAttribute("aria-busy");
    this.rows = [];
    this.holder.replaceChildren(body);
  }

  show(page: ScenePage, number: number, selected: string | null): void {
    this.holder.removeAttribute("aria-busy");
    this.rows = page.features;
    const body = element("tbody", {}, ...page.features.map((scene) => this.row(scene, selected)));
    const table = element(
      "table",
      { class: "table scenes", "aria-label": "Scenes" },
      element("thead", {}, this.head()),
      body,
    );
    this.holder.replaceChildren(table, this.pager(page.count, number));
    this.holder.scrollTop = 0;
    this.select(selected);
  }

  select(id: string | null): void {
    for (const row of this.holder.querySelectorAll<HTMLElement>("tr[data-id]")) {
      const on = row.dataset.id === id;
      row.setAttribute("aria-selected", String(on));
      const name = row.querySelector<HTMLElement>(".scene-name");
      if (name)
        name.tabIndex = on || (!id && row === row.parentElement?.firstElementChild) ? 0 : -1;
      if (on) row.scrollIntoView({ block: "nearest" });
    }
  }

  showMarks(): void {
    for (const box of this.holder.querySelectorAll<HTMLInputElement>("input[data-mark]")) {
      box.checked = this.marks.has(box.dataset.mark ?? "");
    }
    const all = this.holder.querySelector<HTMLInputElement>("input[data-mark-all]");
    if (all) all.checked = this.rows.length > 0 && this.ids.every((id) => this.marks.has(id));
  }

  private head(): HTMLElement {
    const row = element("tr");
    if (this.mayEdit) {
      const all = element("input", {
        type: "checkbox",
        "data-mark-all": true,
        "aria-label": "Mark all of this page",
      });
      all.addEventListener("change", () => {
        this.marks.setAll(this.ids, all.checked);
        this.events.marked();
      });
      row.append(element("th", { scope: "col", class: "mark" }, all));
    }
    row.append(
      element("th", { scope: "col" }, "Date"),
      element("th", { scope: "col" }, "Item"),
      element("th", { scope: "col", class: "num" }, "Cloud"),
      element("th", { scope: "col" }, "State"),
    );
    return row;
  }

  private row(scene: SceneFeature, selected: string | null): HTMLElement {
    const { item_id: name, datetime, "eo:cloud_cover": cloud } = scene.properties;
    const row = element("tr", {
      "data-id": scene.id,
      "aria-selected": String(scene.id === selected),
    });
    if (!scene.properties.included) row.classList.add("out");
    if (this.mayEdit) row.append(element("td", { class: "mark" }, this.markBox(scene)));
    const open = element("button", { type: "button", class: "scene-name", title: name }, name);
    row.append(
      element("td", { class: "date" }, dateWords(datetime)),
      element("td", { class: "name" }, open),
      element("td", { class: "num" }, cloudWords(cloud)),
      element("td", {}, stateMark(scene)),
    );
    row.addEventListener("click", (event) => {
      if (!(event.target as Element).closest("input")) this.events.pick(scene);
    });
    row.addEventListener("pointerenter", () => this.events.hover(scene.id));
    row.addEventListener("pointerleave", () => this.events.hover(null));
    return row;
  }

  private markBox(scene: SceneFeature): HTMLElement {
    const box = element("input", {
      type: "checkbox",
      "data-mark": scene.id,
      "aria-label": `Mark ${scene.properties.item_id}`,
    });
    box.checked = this.marks.has(scene.id);
    box.addEventListener("click", (event) => {
      this.marks.toggle(scene.id, box.checked, this.ids, event.shiftKey);
      this.events.marked();
    });
    return box;
  }

  private pager(count: number, number: number): HTMLElement {
    const last = Math.max(1, Math.ceil(count / PAGE_SIZE));
    const from = count ? (number - 1) * PAGE_SIZE + 1 : 0;
    const to = Math.min(count, number * PAGE_SIZE);
    const turn = (text: string, page: number, name: string): HTMLElement => {
      const node = button("", () => this.events.turn(page), "button quiet square", {
        "aria-label": text,
      });
      node.append(icon(name));
      node.disabled = page < 1 || page > last;
      return node;
    };
    return element(
      "nav",
      { class: "list-pager", "aria-label": "Pages of the list" },
      element(
        "span",
        { class: "note" },
        `${from.toLocaleString("en-US")} – ${to.toLocaleString("en-US")} of ${count.toLocaleString("en-US")}`,
      ),
      turn("Previous page", number - 1, "left"),
      turn("Next page", number + 1, "right"),
    );
  }

  private onKey(event: KeyboardEvent): void {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const row = (event.target as Element).closest<HTMLElement>("tr[data-id]");
    if (!step || !row) return;
    event.preventDefault();
    const next = step > 0 ? row.nextElementSibling : row.previousElementSibling;
    const name = next?.querySelector<HTMLElement>(".scene-name");
    name?.focus();
    name?.click();
  }
}
