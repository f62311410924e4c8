import { openDialog } from "./dialog";
import { element, icon } from "./dom";
import { copyText } from "./toast";

export interface ApiCall {
  method: string;
  path: string;
  body?: unknown;
}

export type Dialect = "HTTP" | "curl" | "Python";
export const DIALECTS: readonly Dialect[] = ["HTTP", "curl", "Python"];

const pretty = (body: unknown): string => JSON.stringify(body, null, 2);
const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A JSON value as Python writes it. */
export function pythonOf(value: unknown, indent = ""): string {
  if (value === null || value === undefined) return "None";
  if (value === true) return "True";
  if (value === false) return "False";
  if (typeof value !== "object") return JSON.stringify(value);
  const deeper = `${indent}    `;
  const rows = Array.isArray(value)
    ? value.map((item) => `${deeper}${pythonOf(item, deeper)},\n`)
    : Object.entries(value).map(
        ([k, v]) => `${deeper}${JSON.stringify(k)}: ${pythonOf(v, deeper)},\n`,
      );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return rows.length ? `${open}\n${rows.join("")}${indent}${close}` : `${open}${close}`;
}

function curlOf(call: ApiCall, origin: string): string {
  const lines = [`curl -X ${call.method} ${shellQuoted(origin + call.path)}`];
  lines.push(`  -H "Authorization: Token $TOKEN"`);
  if (call.body !== undefined) {
    lines.push(`  -H 'Content-Type: application/json'`);
    lines.push(`  --data ${shellQuoted(pretty(call.body))}`);
  }
  return lines.join(" \\\n");
}

function pythonText(call: ApiCall, origin: string): string {
  const more = call.body === undefined ? "" : `\n    json=${pythonOf(call.body, "    ")},`;
  return `import os

import requests

answer = requests.request(
    ${JSON.stringify(call.method)},
    ${JSON.stringify(origin + call.path)},
    headers={"Authorization": f"Token {os.environ['TOKEN']}"},${more}
    timeout=60,
)
answer.raise_for_status()
print(answer.json() if answer.content else "done")`;
}

/** The text of a call for a person who wants to repeat it from a program. */
export function callText(call: ApiCall, dialect: Dialect, origin: string): string {
  if (dialect === "curl") return curlOf(call, origin);
  if (dialect === "Python") return pythonText(call, origin);
  const host = origin.replace(/^https?:\/\//, "");
  const head = [`${call.method} ${call.path} HTTP/1.1`, `Host: ${host}`, "Authorization: Token …"];
  if (call.body === undefined) return head.join("\n");
  return [...head, "Content-Type: application/json", "", pretty(call.body)].join("\n");
}

function dialectPicker(pick: (dialect: Dialect) => void): HTMLElement {
  const bar = element("div", {
    class: "segments",
    role: "group",
    "aria-label": "Form of the call",
  });
  for (const dialect of DIALECTS) {
    const button = element("button", { type: "button", "aria-pressed": "false" }, dialect);
    button.addEventListener("click", () => {
      for (const other of bar.children)
        other.setAttribute("aria-pressed", String(other === button));
      pick(dialect);
    });
    bar.append(button);
  }
  return bar;
}

/** Shows what the page would send, as HTTP, curl and Python. */
export function showApiCall(call: ApiCall): void {
  const text = element("code");
  const bar = dialectPicker((dialect) => {
    text.textContent = callText(call, dialect, location.origin);
  });
  const copy = element("button", { class: "button primary", type: "button" }, "Copy");
  copy.addEventListener("click", () => void copyText(text.textContent ?? "", "Call copied."));
  const done = element("button", { class: "button", type: "button" }, "Close");
  const hint = element(
    "p",
    { class: "note" },
    "A key for programs comes from POST /api/v1/auth/token/. All calls are listed in ",
  );
  hint.append(element("a", { href: "/api/v1/docs/" }, "the API's documentation"), ".");
  const pre = element("pre", { tabindex: 0, "aria-label": "The call" }, text);
  const { close } = openDialog({
    title: "The same as an API call",
    body: element("div", {}, bar, pre, hint),
    actions: [done, copy],
    wide: true,
  });
  done.addEventListener("click", close);
  (bar.firstElementChild as HTMLElement | null)?.click();
}

/** The "Show as API call" button of an action; the call is made when it is pressed. */
export function apiCallButton(callNow: () => ApiCall): HTMLButtonElement {
  const button = element(
    "button",
    { class: "button quiet small", type: "button" },
    icon("code"),
    "Show as API call",
  );
  button.addEventListener("click", () => showApiCall(callNow()));
  return button;
}

/** The call a template wrote beside a button, `{path}` values filled from `data-in-address`. */
export function callOfElement(node: HTMLElement): ApiCall | null {
  try {
    const call = JSON.parse(node.dataset.apiCall ?? "") as ApiCall;
    return call.method && call.path ? call : null;
  } catch {
    return null;
  }
}

/** Makes every `data-api-call` button of a page work, also those that come later. */
export function watchApiCalls(root: Document = document): void {
  root.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const button = event.target.closest<HTMLElement>("[data-api-call]");
    const call = button && callOfElement(button);
    if (call) showApiCall(call);
  });
}
