/** Turns a form whose controls carry `data-path` and `data-type` into a job's body. */

export type FieldType =
  | "text"
  | "integer"
  | "number"
  | "boolean"
  | "list"
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
}

/** Collects controls into a body; several checked controls of type `many` make one list. */
export function bodyOf(controls: Control[], fixed: Json): Json {
  const body: Json = structuredClone(fixed);
  const lists = new Map<string, string[]>();
  for (const control of controls) {
    const { path, type } = control;
    if (type === "many") {
      const list = lists.get(path) ?? [];
      if (control.checked) list.push(control.value);
      lists.set(path, list);
    } else if (type === "boolean") assign(body, path, control.checked);
    else {
      const value = parseValue(path, type, control.value);
      if (value !== undefined) assign(body, path, value);
    }
  }
  for (const [path, list] of lists) if (list.length > 0) assign(body, path, list);
  return body;
}

export function controlsOf(form: HTMLFormElement): Control[] {
  return [...form.querySelectorAll<HTMLInputElement>("[data-path]")]
    .filter((node) => !node.disabled)
    .map((node) => ({
      path: node.dataset.path ?? "",
      type: (node.dataset.type ?? "text") as FieldType,
      value: node.value,
      checked: node.checked === true,
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

/** The request as a person would type it. */
export function curlText(origin: string, body: Json): string {
  return [
    `curl -X POST ${origin}/api/v1/jobs/ \\`,
    '  -H "Authorization: Token $TOKEN" \\',
    '  -H "Content-Type: application/json" \\',
    '  -H "Idempotency-Key: $(uuidgen)" \\',
    `  -d '${JSON.stringify(body, null, 2).replaceAll("'", "'\\''")}'`,
  ].join("\n");
}
