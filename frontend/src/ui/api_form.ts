import { ApiError, type Problem, postForm, postJson } from "../api/client";
import { setBusy } from "./busy";
import { element, icon } from "./dom";

type Json = Record<string, unknown>;

/** The JSON body of a small form: empty fields are absent, `data-type` makes numbers. */
export function jsonOf(form: HTMLFormElement): Json {
  const body: Json = JSON.parse(form.dataset.fixed ?? "{}") as Json;
  for (const [name, value] of new FormData(form)) {
    if (typeof value !== "string" || value.trim() === "") continue;
    const control = form.elements.namedItem(name) as HTMLElement | null;
    body[name] = control?.dataset.type === "integer" ? Number(value) : value.trim();
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
  const control = form.elements.namedItem(name);
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
