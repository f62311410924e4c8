import { ApiError, type Problem, patchJson } from "../api/client";
import { apiCallButton } from "../ui/api_call";
import { openDialog } from "../ui/dialog";
import { element, icon } from "../ui/dom";
import { tooClose } from "./colours";
import type { ClassEntry } from "./model";

interface Draft extends ClassEntry {
  parent?: number | null;
}

export interface NomenclatureOptions {
  id: string;
  name: string;
  classes: readonly Draft[];
  onSaved(): void;
}

const FREE = [
  "#117733",
  "#ddcc77",
  "#88ccee",
  "#cc6677",
  "#44aa99",
  "#332288",
  "#999933",
  "#882255",
];

/** Add, rename and recolour the classes of a nomenclature; warns of colours that are too close. */
export function classDialog({ id, name, classes, onSaved }: NomenclatureOptions): void {
  const rows: Draft[] = classes.map((entry) => ({ ...entry }));
  const list = element("ol", { class: "sample-classes" });
  const warning = element("div", { "aria-live": "polite" });
  const errors = element("div", {});
  const path = `/api/v1/nomenclatures/${id}/`;
  const body = (): object => ({ classes: rows });

  const warn = (): void => {
    const close = tooClose(rows.filter((row) => /^#[0-9a-f]{6}$/i.test(row.color))).slice(0, 3);
    warning.replaceChildren(
      ...close.map(({ one, other, vision, difference }) =>
        element(
          "p",
          { class: "notice" },
          icon("attention"),
          element(
            "span",
            {},
            `Classes ${one} and ${other} look alike with ${vision} (difference ${difference.toFixed(0)}, at least 12 is safe).`,
          ),
        ),
      ),
    );
  };

  const line = (row: Draft): HTMLElement => {
    const code = element("input", {
      class: "input",
      type: "number",
      min: 0,
      max: 253,
      value: row.code,
      "aria-label": "Code",
      disabled: classes.some((entry) => entry.code === row.code),
    });
    const title = element("input", {
      class: "input",
      value: row.name,
      maxlength: 200,
      "aria-label": `Name of class ${row.code}`,
    });
    const color = element("input", {
      type: "color",
      value: row.color,
      "aria-label": `Colour of class ${row.code}`,
    });
    code.addEventListener("input", () => {
      row.code = Number(code.value);
    });
    title.addEventListener("input", () => {
      row.name = title.value;
    });
    color.addEventListener("input", () => {
      row.color = color.value;
      warn();
    });
    return element("li", {}, code, color, title);
  };

  const add = element(
    "button",
    { class: "button small", type: "button" },
    icon("plus"),
    "Add class",
  );
  add.addEventListener("click", () => {
    const code = Math.max(0, ...rows.map((row) => row.code)) + 1;
    const row: Draft = { code, name: "", color: FREE[rows.length % FREE.length] as string };
    rows.push(row);
    const made = line(row);
    list.append(made);
    made.querySelector<HTMLInputElement>("input:not([type])")?.focus();
    warn();
  });
  list.append(...rows.map(line));
  warn();

  const keep = element("button", { class: "button", type: "button" }, "Keep as it is");
  const save = element("button", { class: "button primary", type: "button" }, "Save classes");
  const intro = "All sets, models and maps of the project that use this nomenclature show it.";
  const { close } = openDialog({
    title: `Classes of ${name}`,
    body: element("div", { class: "stack" }, element("p", {}, intro), list, add, warning, errors),
    actions: [apiCallButton(() => ({ method: "PATCH", path, body: body() })), keep, save],
    wide: true,
  });
  keep.addEventListener("click", close);
  save.addEventListener("click", async () => {
    save.disabled = true;
    try {
      await patchJson(path, body());
      close();
      onSaved();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(errors, error.problem);
      save.disabled = false;
    }
  });
}

function say(host: HTMLElement, problem: Problem): void {
  const texts = [problem.detail, problem.advice, ...Object.values(problem.errors ?? {}).flat()];
  const lines = [...new Set(texts.filter(Boolean))].map((text) => element("p", {}, text as string));
  host.replaceChildren(
    element(
      "div",
      { class: "notice failed", role: "alert" },
      icon("failed"),
      element("div", {}, ...lines),
    ),
  );
}
