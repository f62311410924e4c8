/** The wizard as pure state: what was chosen, what is missing, what is sent. */
import type { ClassEntry } from "../model";
import { type Choice, firstChoices, suggestClassField, suggestField } from "./suggest";
import type { Column, Inspection, Layer } from "./types";

export type Step = "file" | "columns" | "classes" | "report";
export const STEPS: readonly Step[] = ["file", "columns", "classes", "report"];

export interface Mapping {
  class_field: string;
  crs: string;
  x_field: string;
  y_field: string;
  from_field: string;
  to_field: string;
  group_field: string;
}

export interface Wizard {
  step: Step;
  fileName: string;
  /** The job that looked into the file: the import names it, so that nothing is sent twice. */
  job: string;
  inspection: Inspection | null;
  layer: number;
  mapping: Mapping;
  choices: Record<string, Choice>;
  lenient: boolean;
}

export const EMPTY_MAPPING: Mapping = {
  class_field: "",
  crs: "",
  x_field: "",
  y_field: "",
  from_field: "",
  to_field: "",
  group_field: "",
};

export const BEGIN: Wizard = {
  step: "file",
  fileName: "",
  job: "",
  inspection: null,
  layer: 0,
  mapping: EMPTY_MAPPING,
  choices: {},
  lenient: false,
};

const DEGREES = /^(EPSG:)?4326$/i;

export const layerOf = (state: Wizard): Layer | null =>
  state.inspection?.layers[state.layer] ?? null;

export const columnOf = (layer: Layer | null, name: string): Column | null =>
  layer?.columns.find((column) => column.name === name) ?? null;

export const isTable = (state: Wizard): boolean => state.inspection?.driver === "CSV";

/** The columns of a table hold a geometry as text: there is no x and y to choose. */
export const isText = (layer: Layer | null): boolean =>
  Boolean(layer?.x_field && !layer.y_field && layer.x_field.toLowerCase() === "wkt");

/** What a look into a file begins with; the same file again keeps what was chosen. */
export function inspected(
  state: Wizard,
  found: { job: string; fileName: string; inspection: Inspection },
  classes: readonly ClassEntry[],
): Wizard {
  const base = { ...BEGIN, step: "columns" as const, ...found };
  const kept = state.inspection && JSON.stringify(state.inspection);
  if (kept === JSON.stringify(found.inspection) && state.fileName === found.fileName) {
    return { ...state, ...found, step: "columns" };
  }
  return withLayer(base, 0, classes);
}

export function withLayer(state: Wizard, layer: number, classes: readonly ClassEntry[]): Wizard {
  const chosen = state.inspection?.layers[layer];
  if (!chosen) return state;
  const { columns } = chosen;
  const mapping: Mapping = {
    class_field: suggestClassField(columns, classes),
    crs: chosen.crs ?? (isTable(state) ? "EPSG:4326" : ""),
    x_field: chosen.x_field ?? "",
    y_field: chosen.y_field ?? "",
    from_field: suggestField(columns, "from_field"),
    to_field: suggestField(columns, "to_field"),
    group_field: suggestField(columns, "group_field"),
  };
  return withClassField({ ...state, layer, mapping }, mapping.class_field, classes);
}

/** Another class column begins with suggestions; the same one keeps what was decided. */
export function withClassField(
  state: Wizard,
  name: string,
  classes: readonly ClassEntry[],
): Wizard {
  const values = columnOf(layerOf(state), name)?.values ?? [];
  const first = firstChoices(
    values.map(({ value }) => value),
    classes,
  );
  const same = Object.keys(first).join("\n") === Object.keys(state.choices).join("\n");
  const mapping = { ...state.mapping, class_field: name };
  return { ...state, mapping, choices: same ? state.choices : first };
}

export const withField = (state: Wizard, name: keyof Mapping, value: string): Wizard => ({
  ...state,
  mapping: { ...state.mapping, [name]: value },
});

export type Problems = Partial<Record<keyof Mapping, string>>;

/** What is missing or wrong in the columns, by field. */
export function columnProblems(state: Wizard): Problems {
  const layer = layerOf(state);
  const { mapping } = state;
  const problems: Problems = {};
  const column = columnOf(layer, mapping.class_field);
  if (!column) problems.class_field = "Choose the column that holds the class.";
  else if (column.values === null) {
    problems.class_field = `${column.name} has ${column.distinct.toLocaleString("en")} different values, too many for classes. Choose another column.`;
  } else if (column.values.length === 0) {
    problems.class_field = `${column.name} is empty in every row. Choose another column.`;
  }
  const crs = crsProblem(state, layer);
  if (crs) problems.crs = crs;
  if (isTable(state) && !isText(layer)) {
    if (!mapping.x_field) problems.x_field = "Choose the column with x or the longitude.";
    if (!mapping.y_field) problems.y_field = "Choose the column with y or the latitude.";
    else if (mapping.x_field === mapping.y_field) problems.y_field = "x and y are the same column.";
    for (const field of ["x_field", "y_field"] as const) {
      const found = columnOf(layer, mapping[field]);
      // Where only some cells are false, the report names their rows.
      if (found && found.low === null) {
        problems[field] =
          `${found.name} holds no numbers${found.examples[0] ? `: “${found.examples[0]}”` : ""}.`;
      }
    }
  }
  return problems;
}

function crsProblem(state: Wizard, layer: Layer | null): string | null {
  if (!layer || layer.crs) return null;
  const crs = state.mapping.crs.trim();
  if (!crs) return "The file does not say its CRS. Name it, for example EPSG:3035.";
  if (!isTable(state) || !DEGREES.test(crs)) return null;
  for (const [field, most] of [
    ["x_field", 180],
    ["y_field", 90],
  ] as const) {
    const { name, low, high } = columnOf(layer, state.mapping[field]) ?? {};
    if (low == null || high == null) continue;
    // A single false value is a matter of its row, not of the CRS.
    if (Math.min(Math.abs(low), Math.abs(high)) > most) {
      return `${name} runs from ${low.toLocaleString("en")} to ${high.toLocaleString("en")}: these are no degrees. Name the CRS, for example EPSG:3035.`;
    }
  }
  return null;
}

/** The values that nothing was decided for. */
export const undecided = (state: Wizard): string[] =>
  Object.keys(state.choices).filter((value) => state.choices[value] === null);

export function decided(state: Wizard, values: readonly string[], choice: Choice): Wizard {
  const changes = Object.fromEntries(values.map((value) => [value, choice]));
  return { ...state, choices: { ...state.choices, ...changes } };
}

/** Rows by what becomes of them. */
export function tally(state: Wizard): Record<"kept" | "fresh" | "left" | "open", number> {
  const counts = { kept: 0, fresh: 0, left: 0, open: 0 };
  for (const { value, count } of columnOf(layerOf(state), state.mapping.class_field)?.values ??
    []) {
    const choice = state.choices[value];
    if (choice === "create") counts.fresh += count;
    else if (choice === "leave") counts.left += count;
    else if (typeof choice === "number") counts.kept += count;
    else counts.open += count;
  }
  return counts;
}

/** The options of the import call. */
export function optionsOf(state: Wizard): Record<string, unknown> {
  const layer = layerOf(state);
  const { crs, x_field, y_field, ...columns } = state.mapping;
  const places = isTable(state) && !isText(layer) ? { x_field, y_field } : {};
  const options: Record<string, unknown> = {
    ...columns,
    ...places,
    layer: (state.inspection?.layers.length ?? 0) > 1 ? layer?.name : "",
    crs: layer?.crs ? "" : crs.trim(),
  };
  const given = Object.entries(options).filter(([, value]) => value);
  return { ...Object.fromEntries(given), ...classOptions(state) };
}

function classOptions(state: Wizard): Record<string, unknown> {
  const choices = Object.entries(state.choices);
  const mapped = choices.flatMap(([value, choice]): [string, number | null][] =>
    choice === "leave" ? [[value, null]] : typeof choice === "number" ? [[value, choice]] : [],
  );
  return {
    class_map: Object.fromEntries(mapped),
    ...(choices.some(([, choice]) => choice === "create") ? { create_classes: true } : {}),
    ...(state.lenient ? { skip_invalid: true } : {}),
  };
}
