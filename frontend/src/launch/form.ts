/** Turns a form whose controls carry `data-path` and `data-type` into a job's body. */

export type FieldType =
  | "text"
  | "integer"
  | "number"
  | "boolean"
  | "list"
  | "mixed"
  | "json"
  | "one"
  | "many";

type Json = Record<string, unknown>;

export class FieldError extends Error {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

function assign(target: Json, path: string, value: unknown): void {
  const parts = path.split(".");
  const last = parts.pop() as string;
  let node = target;
  for (const part of parts) {
    node[part] ??= {};
    node = node[part] as Json;
  }
  node[last] = value;
}

/** The JSON value of a control's text; undefined when the field is empty and thus absent. */
export function parseValue(path: string, type: FieldType, text: string): unknown {
  const trimmed = text.trim();
  if (!trimmed) return undefined;
  switch (type) {
    case "integer":
    case "number": {
      const value = Number(trimmed);
      if (!Number.isFinite(value) || (type === "integer" && !Number.isInteger(value))) {
        throw new FieldError(
          path,
          type === "integer" ? "Enter a whole number." : "Enter a number, with a point.",
        );
      }
      return value;
    }
    case "mixed":
      return Number.isFinite(Number(trimmed)) ? Number(trimmed) : trimmed;
    case "list":
      return trimmed
        .split(/[\s,]+/)
        .filter(Boolean)
        .map((part) => {
          const number = Number(part);
          return Number.isFinite(number) ? number : part;
        });
    case "json":
      try {
        return JSON.parse(trimmed);
      } catch {
        throw new FieldError(path, 'Enter JSON, for example {"n_estimators": 200}.');
      }
    default:
      return trimmed;
  }
}

export interface Control {
  path: string;
  type: FieldType;
  value: string;
  checked: boolean;
  /** Of a list with a default: nothing checked is said, it does not mean the default. */
  kept?: boolean;
}

/** Collects controls into a body; several checked controls of type `many` make one list. */
export function bodyOf(controls: Control[], fixed: Json): Json {
  const body: Json = structuredClone(fixed);
  const lists = new Map<string, string[]>();
  const kept = new Set<string>();
  for (const control of controls) {
    const { path, type } = control;
    if (type === "many") {
      if (control.kept) kept.add(path);
      const list = lists.get(path) ?? [];
      if (control.checked) list.push(control.value);
      lists.set(path, list);
    } else if (type === "boolean") assign(body, path, control.checked);
    else {
      const value = parseValue(path, type, control.value);
      if (value !== undefined) assign(body, path, value);
    }
  }
  for (const [path, list] of lists) {
    if (list.length > 0 || kept.has(path)) assign(body, path, list);
  }
  return body;
}

export function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<HTMLInputElement>("[data-path]")]
    .filter((node) => !node.disabled && !node.closest("fieldset[disabled]"))
    .map((node) => ({
      path: node.dataset.path ?? "",
      type: (node.dataset.type ?? "text") as FieldType,
      value: node.value,
      checked: node.checked === true,
      kept: (node.closest<HTMLElement>("[data-default]")?.dataset.default ?? "null") !== "null",
    }));
}

/** One key per body: a second click sends the same key and so makes no second job. */
export class IdempotencyKeys {
  private readonly keys = new Map<string, string>();

  constructor(private readonly make: () => string = () => crypto.randomUUID()) {}

  keyFor(body: Json): string {
    const text = JSON.stringify(body);
    const known = this.keys.get(text);
    if (known) return known;
    const fresh = this.make();
    this.keys.set(text, fresh);
    return fresh;
  }
}

/** The control that an error path of the server speaks of: the longest path that ends alike. */
export function pathFor(errorPath: string, paths: string[]): string | null {
  const bare = errorPath.replace(/\.\d+$/, "");
  const candidates = paths.filter(
    (path) => path === bare || path.endsWith(`.${bare}`) || bare.startsWith(`${path}.`),
  );
  return candidates.sort((a, b) => b.length - a.length)[0] ?? null;
}
