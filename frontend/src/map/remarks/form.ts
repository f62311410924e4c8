import { ApiError, getJson } from "../../api/client";
import { element } from "../../ui/dom";
import { type Person, SEVERITY, STATUS } from "./model";

interface Member {
  user: string | Person;
  username?: string;
}

let members: Promise<Person[]> | null = null;

function personOf(member: Member): Person {
  if (typeof member.user !== "string") return member.user;
  const username = member.username ?? member.user;
  return { id: member.user, username, name: username };
}

export function membersOf(project: string): Promise<Person[]> {
  members ??= getJson<{ results: Member[] }>(
    `/api/v1/projects/${project}/members/?page_size=500`,
  ).then(({ results }) => results.map(personOf));
  return members;
}

export function choice(
  name: string,
  words: Record<string, string>,
  value: string,
): HTMLSelectElement {
  const options = Object.entries(words).map(([key, word]) =>
    element("option", { value: key, selected: key === value }, word),
  );
  return element("select", { class: "input", name, id: `remark-${name}` }, ...options);
}

export const severityChoice = (value: string): HTMLSelectElement =>
  choice("severity", SEVERITY, value);

export const statusChoice = (value: string): HTMLSelectElement =>
  choice(
    "status",
    Object.fromEntries(Object.entries(STATUS).map(([key, { word }]) => [key, word])),
    value,
  );

/** A select of the project's members; filled when they arrive, keeping the value. */
export function assigneeChoice(project: string, value: Person | null): HTMLSelectElement {
  const select = choice("assignee", { "": "Nobody" }, "");
  if (value) select.append(element("option", { value: value.id, selected: true }, value.name));
  void membersOf(project)
    .then((people) => {
      for (const person of people) {
        if (person.id === value?.id) continue;
        select.append(element("option", { value: person.id }, person.name));
      }
    })
    .catch(() => undefined); // the list stays as it is: nobody, or who has it now
  return select;
}

export function field(label: string, input: HTMLElement, help = ""): HTMLElement {
  const node = element(
    "div",
    { class: "field", "data-field": input.getAttribute("name") },
    element("label", { for: input.id }, label),
    input,
  );
  if (help) node.append(element("span", { class: "help" }, help));
  return node;
}

/** Puts the errors of a refused form beside its fields; what was typed stays. */
export function showErrors(form: HTMLElement, error: unknown): void {
  for (const old of form.querySelectorAll(".error, [role=alert]")) old.remove();
  const problems = error instanceof ApiError ? (error.problem.errors ?? {}) : {};
  let placed = 0;
  for (const [name, texts] of Object.entries(problems)) {
    const holder = form.querySelector(`[data-field="${name}"]`);
    if (!holder) continue;
    placed += 1;
    holder.append(element("span", { class: "error", role: "alert" }, texts.join(" ")));
  }
  if (!placed) {
    form.append(element("p", { class: "error", role: "alert" }, (error as Error).message));
  }
}
