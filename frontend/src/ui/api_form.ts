import { ApiError, type Problem, postForm, postJson } from "../api/client";
import { setBusy } from "./busy";
import { element, icon } from "./dom";

type Json = Record<string, unknown>;

/** What was typed as a number; other words stay, so that the server names their field. */
function typed(text: string, type = ""): string | number {
  const number = Number(text);
  return (type === "integer" || type === "number") && !Number.isNaN(number) ? number : text;
}

/** Puts a value under its name; a dot in the name leads into an object. */
function put(body: Json, name: string, value: unknown): void {
  const [outer = "", inner] = name.split(".", 2);
  if (inner === undefined) body[outer] = value;
  else if (typeof body[outer] === "object") (body[outer] as Json)[inner] = value;
  else body[outer] = { [inner]: value };
}

/** Groups with `data-when="name=value"` take part while the field of that name has that value. */
export function groupsFollow(form: HTMLFormElement): void {
  for (const group of form.querySelectorAll<HTMLFieldSetElement>("fieldset[data-when]")) {
    const [name = "", value] = (group.dataset.when ?? "").split("=");
    const control = form.elements.namedItem(name) as HTMLSelectElement | null;
    group.disabled = group.hidden = control?.value !== value;
  }
}

/** The JSON body of a small form: empty fields are absent, `data-type` makes numbers. */
export function jsonOf(form: HTMLFormElement): Json {
  const body: Json = JSON.parse(form.dataset.fixed ?? "{}") as Json;
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || value.trim() === "") continue;
    const control = form.elements.namedItem(name) as HTMLElement | null;
    if (control?.closest?.("fieldset[disabled]")) continue;
    put(body, name, typed(value.trim(), control?.dataset.type));
  }
  return body;
}

/** Fills `{name}` in an address from an object. */
export function addressOf(template: string, values: Json): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(values[name] ?? "")),
  );
}

function clearProblem(form: HTMLFormElement): void {
  form.querySelector("[data-form-errors]")?.replaceChildren();
  for (const node of form.querySelectorAll(".error[data-made]")) node.remove();
  for (const control of form.querySelectorAll("[aria-invalid]")) {
    control.removeAttribute("aria-invalid");
    control.removeAttribute("aria-describedby");
  }
}

/** Puts the texts beside the field of that name; false when the form has none. */
function besideField(form: HTMLFormElement, name: string, texts: string[]): boolean {
  // A list of numbers may have been typed as one.
  const control = form.elements.namedItem(name.replace(/\.\d+$/, ""));
  if (!(control instanceof HTMLElement)) return false;
  const id = `error-${control.id || name}`;
  const note = element("span", { class: "error", id, "data-made": true }, texts.join(" "));
  control.setAttribute("aria-invalid", "true");
  control.setAttribute("aria-describedby", id);
  (control.closest(".field") ?? control.parentElement)?.append(note);
  return true;
}

/** Shows what went wrong: at the fields it is about, the rest above the buttons. */
export function showProblem(form: HTMLFormElement, problem: Problem): void {
  clearProblem(form);
  const lines = [problem.detail, problem.advice ?? ""];
  for (const [name, texts] of Object.entries(problem.errors ?? {})) {
    if (!besideField(form, name, texts)) lines.push(`${name}: ${texts.join(" ")}`);
  }
  form
    .querySelector("[data-form-errors]")
    ?.replaceChildren(
      element(
        "div",
        { class: "notice failed", role: "alert" },
        icon("failed"),
        element("div", {}, ...lines.filter(Boolean).map((line) => element("p", {}, line))),
      ),
    );
  form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}

async function send(form: HTMLFormElement): Promise<Json> {
  const inAddress: Json = {};
  for (const node of form.querySelectorAll<HTMLSelectElement>("[data-in-address]")) {
    inAddress[node.dataset.inAddress ?? ""] = node.value;
  }
  const path = addressOf(form.dataset.api ?? "", inAddress);
  if (form.querySelector('input[type="file"]')) return postForm<Json>(path, new FormData(form));
  return postJson<Json>(path, jsonOf(form));
}

/** Forms with `data-api` post to the API; `data-go` names the page to go to, empty reloads. */
export async function submitApiForm(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>('button[type="submit"]');
  if (button?.getAttribute("aria-busy") === "true") return;
  if (button) setBusy(button, true);
  try {
    const answer = await send(form);
    if (form.dataset.go) location.assign(addressOf(form.dataset.go, answer));
    else location.reload();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showProblem(form, error.problem);
    if (button) setBusy(button, false);
  }
}
