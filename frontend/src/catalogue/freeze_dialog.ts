import { ApiError, postJson } from "../api/client";
import { apiCallButton } from "../ui/api_call";
import { openDialog } from "../ui/dialog";
import { element } from "../ui/dom";
import { copyText } from "../ui/toast";
import { freezeBody, type Search } from "./search";
import { button, notice } from "./words";

const PATH = "/api/v1/scene-selections/";

export interface Selection {
  id: string;
  name: string;
  count: number;
  checksum: string;
  created_at: string;
  spec: Record<string, unknown>;
  warnings?: string[];
}

export interface FreezeOrder {
  project: string;
  search: Search;
  words: string[];
  picked: string[];
  count: number;
  launch: string;
  frozen(selection: Selection): void;
}

export function selectionLink(launch: string, id: string): string {
  return `${launch}?scene_selection=${encodeURIComponent(id)}`;
}

/** Freezes what the search finds (or the marked scenes): name first, then count and checksum. */
export function openFreeze(order: FreezeOrder): void {
  const input = element("input", {
    class: "input",
    id: "freeze-name",
    maxlength: 200,
    placeholder: "Growing season 2018",
  });
  const problem = element("div", {});
  const go = element("button", { type: "submit", class: "button primary" }, "Freeze");
  const body = (): Record<string, unknown> =>
    freezeBody(order.search, order.project, input.value.trim(), order.picked);
  const what = order.picked.length
    ? `${order.picked.length} marked scenes`
    : `${order.count.toLocaleString("en-US")} scenes`;
  const words = order.words.length ? order.words.join(" · ") : "everything in the project";
  const form = element(
    "form",
    { class: "stack" },
    element("p", {}, element("b", {}, what), ` that are in: ${words}.`),
    element(
      "div",
      { class: "field" },
      element("label", { for: "freeze-name" }, "Name"),
      input,
      element(
        "span",
        { class: "help" },
        "A frozen selection never changes: later imports and exclusions leave it as it is.",
      ),
    ),
    problem,
  );
  const keep = button("Go back", () => opened.close());
  form.append(
    element(
      "div",
      { class: "foot" },
      apiCallButton(() => ({ method: "POST", path: PATH, body: body() })),
      keep,
      go,
    ),
  );
  const opened = openDialog({ title: "Freeze a selection", body: form });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go.disabled = true;
    postJson<Selection>(PATH, body())
      .then((selection) => {
        order.frozen(selection);
        form.replaceWith(result(selection, order.launch, () => opened.close()));
      })
      .catch((error: unknown) => {
        go.disabled = false;
        problem.replaceChildren(notice(error instanceof ApiError ? error.message : String(error)));
      });
  });
  input.focus();
}

function result(selection: Selection, launch: string, close: () => void): HTMLElement {
  const list = element("dl", { class: "kv" });
  const rows: [string, string][] = [
    ["Name", selection.name || "–"],
    ["Scenes", selection.count.toLocaleString("en-US")],
    ["Checksum", selection.checksum],
  ];
  for (const [name, value] of rows) {
    const mono = name === "Checksum" ? { class: "mono" } : {};
    list.append(element("dt", {}, name), element("dd", mono, value));
  }
  const copy = button(
    "Copy checksum",
    () => void copyText(selection.checksum, "Checksum copied."),
    "button quiet small",
  );
  const use = element(
    "a",
    { class: "button primary", href: selectionLink(launch, selection.id) },
    "Use in launch",
  );
  const warnings = (selection.warnings ?? []).slice(0, 20).map((text) => notice(text, "attention"));
  return element(
    "div",
    { class: "stack" },
    notice("Frozen.", "info"),
    list,
    ...warnings,
    element("div", { class: "foot" }, copy, button("Close", close), use),
  );
}
