import { ApiError } from "../api/client";
import { apiCallButton } from "../ui/api_call";
import { openDialog } from "../ui/dialog";
import { byId, element } from "../ui/dom";
import { toast } from "../ui/toast";
import { type Change, type Marks, UndoStack } from "./marks";
import type { CatalogueStore } from "./store";
import { button, notice } from "./words";

const REASONS = ["Haze or thin cloud", "Snow", "Wrong geometry", "Sensor fault", "Duplicate"];

/** Leaving scenes out and taking them in: asked, done, undone. */
export class ByHand {
  private readonly stack = new UndoStack();
  private readonly bar = byId("selection-bar");

  constructor(
    private readonly store: CatalogueStore,
    private readonly marks: Marks,
    private readonly done: () => void,
    private readonly cleared: () => void,
    private readonly freeze: () => void,
  ) {}

  /** The floating bar of the marked scenes. */
  showBar(): void {
    const { size, ids } = this.marks;
    this.bar.hidden = size === 0;
    if (!size) return;
    this.bar.replaceChildren(
      element(
        "span",
        { class: "lead" },
        element("b", {}, `${size.toLocaleString("en-US")} marked`),
      ),
      button("Leave out…", () => this.ask(ids), "button small"),
      button(
        "Take in",
        () => void this.run({ scenes: ids, included: true, reason: "" }),
        "button small",
      ),
      button("Freeze…", this.freeze, "button small"),
      button("Unmark", this.cleared, "button quiet small"),
    );
  }

  /** Asks for the reason, then leaves scenes out. */
  ask(scenes: string[]): void {
    const input = element("input", {
      class: "input",
      id: "reason",
      maxlength: 300,
      list: "reasons",
      autocomplete: "off",
    });
    const known = element("datalist", { id: "reasons" });
    known.append(...REASONS.map((value) => element("option", { value })));
    const problem = element("div", {});
    const go = element("button", { type: "submit", class: "button primary" }, "Leave out");
    const change = (): Change => ({ scenes, included: false, reason: input.value.trim() });
    const form = element(
      "form",
      { class: "stack" },
      element(
        "p",
        {},
        "A scene that is left out enters no selection from now on. It stays listed, and selections that are frozen keep it.",
      ),
      element(
        "div",
        { class: "field" },
        element("label", { for: "reason" }, "Reason"),
        input,
        known,
        element("span", { class: "help" }, "Others see it beside the scene."),
      ),
      problem,
    );
    const call = apiCallButton(() => ({
      method: "PATCH",
      path: "/api/v1/catalog/scenes/",
      body: { project: this.store.project, ...change() },
    }));
    const keep = button("Keep in", () => opened.close());
    form.append(element("div", { class: "foot" }, call, keep, go));
    const what = scenes.length === 1 ? "this scene" : `${scenes.length} scenes`;
    const opened = openDialog({ title: `Leave ${what} out?`, body: form });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      go.disabled = true;
      this.run(change())
        .then((went) => {
          if (went === null) opened.close();
          else {
            go.disabled = false;
            problem.replaceChildren(notice(went));
          }
        })
        .catch(() => undefined);
    });
    input.focus();
  }

  /** Does a change; answers what went wrong, or null. */
  async run(change: Change, undo = false): Promise<string | null> {
    try {
      const before = await this.store.change(change);
      if (!undo) this.stack.push(before);
      if (!undo) this.tell(change, before.length);
      this.done();
      return null;
    } catch (error) {
      const text = error instanceof ApiError ? error.message : String(error);
      if (change.included || undo) toast(text, "failed");
      return text;
    }
  }

  async undo(): Promise<void> {
    if (this.stack.isEmpty) return;
    const changes = this.stack.pop();
    for (const change of changes) await this.run(change, true);
    toast("Undone.");
  }

  private tell({ included }: Change, count: number): void {
    if (!count) {
      toast("Nothing to change.", "attention");
      return;
    }
    const what = count === 1 ? "1 scene" : `${count} scenes`;
    const text = included ? `${what} taken in.` : `${what} left out.`;
    toast(text, "good", { label: "Undo", run: () => void this.undo() });
  }
}
