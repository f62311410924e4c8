import { csrfToken, type Problem, problemOf } from "../api/client";
import { openDialog } from "./dialog";
import { element, icon } from "./dom";

/** Answer of `auth/session/`. */
export interface Session {
  authenticated: boolean;
  username: string;
  csrf_token: string;
}

const PATH = "/api/v1/auth/session/";

/** Who this page was made for. */
export function pagePerson(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="person"]')?.content ?? "";
}

function keepToken(session: Session): Session {
  document.querySelector('meta[name="csrf-token"]')?.setAttribute("content", session.csrf_token);
  for (const field of document.querySelectorAll<HTMLInputElement>(
    'input[name="csrfmiddlewaretoken"]',
  )) {
    field.value = session.csrf_token;
  }
  return session;
}

/** Asks who the browser is now; also renews the page's CSRF key. */
export async function sessionNow(): Promise<Session> {
  const headers = { Accept: "application/json" };
  const response = await fetch(PATH, { credentials: "same-origin", headers });
  return keepToken((await response.json()) as Session);
}

async function logIn(username: string, password: string): Promise<Session | Problem> {
  await sessionNow();
  const response = await fetch(PATH, {
    method: "POST",
    credentials: "same-origin",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/json",
      "X-CSRFToken": csrfToken(),
    },
    body: JSON.stringify({ username, password }),
  });
  if (!response.ok) return problemOf(response);
  return keepToken((await response.json()) as Session);
}

interface Form {
  node: HTMLFormElement;
  password: HTMLInputElement;
  submit: HTMLButtonElement;
  fail(text: string): void;
}

function loginForm(person: string): Form {
  const error = element("p", { class: "notice failed", role: "alert", hidden: true });
  const name = element("input", {
    class: "input",
    id: "again-username",
    name: "username",
    autocomplete: "username",
    value: person,
    readonly: person !== "",
    required: true,
  });
  const password = element("input", {
    class: "input",
    id: "again-password",
    name: "password",
    type: "password",
    autocomplete: "current-password",
    required: true,
    autofocus: true,
  });
  const submit = element("button", { class: "button primary", type: "submit" }, "Log in");
  const reload = element("button", { class: "button", type: "button" }, "I am somebody else");
  reload.addEventListener("click", () => location.assign("/login/"));
  const node = element(
    "form",
    { class: "stack", id: "again" },
    element(
      "p",
      { class: "note" },
      "Your session has ended. This page stays as it is and goes on after the log-in.",
    ),
    error,
    element("div", { class: "field" }, element("label", { for: name.id }, "User name"), name),
    element(
      "div",
      { class: "field" },
      element("label", { for: password.id }, "Password"),
      password,
    ),
    element("div", { class: "foot" }, reload, submit),
  );
  const fail = (text: string): void => {
    error.replaceChildren(icon("failed"), element("span", {}, text));
    error.hidden = false;
    password.setAttribute("aria-invalid", "true");
    password.select();
  };
  return { node, password, submit, fail };
}

function sameOrReload(session: Session, person: string): boolean {
  if (person === "" || session.username === person) return true;
  location.reload(); // another person: nothing of this page is theirs
  return false;
}

async function tryLogIn(form: Form, person: string): Promise<boolean> {
  form.submit.setAttribute("aria-busy", "true");
  try {
    const data = new FormData(form.node);
    const answer = await logIn(String(data.get("username")), String(data.get("password")));
    if ("authenticated" in answer) {
      tellSession();
      return sameOrReload(answer, person);
    }
    form.fail([answer.detail, answer.advice].filter(Boolean).join(" "));
  } catch {
    form.fail("The server cannot be reached. Check the network and try again.");
  } finally {
    form.submit.removeAttribute("aria-busy");
  }
  return false;
}

const CHANNEL = "session";

/** Tells the other tabs that this browser is logged in: their questions are answered. */
export function tellSession(): void {
  if (typeof BroadcastChannel === "undefined") return;
  const channel = new BroadcastChannel(CHANNEL);
  channel.postMessage(pagePerson());
  channel.close();
}

/** Calls back when another tab logs in or the person returns to this one. */
function onReturn(check: () => void): () => void {
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(CHANNEL);
  if (channel) channel.onmessage = check;
  window.addEventListener("focus", check);
  return () => {
    channel?.close();
    window.removeEventListener("focus", check);
  };
}

function ask(): Promise<boolean> {
  return new Promise((resolve) => {
    const person = pagePerson();
    const form = loginForm(person);
    let done = false;
    const { close } = openDialog({
      title: "Log in to go on",
      body: form.node,
      onClose: () => {
        forget();
        resolve(done);
      },
    });
    const finish = (back: boolean): void => {
      if (!back || done) return;
      done = true;
      close();
    };
    const forget = onReturn(() => {
      const checked = sessionNow().then((now) => now.authenticated && sameOrReload(now, person));
      void checked.then(finish).catch(() => undefined);
    });
    form.password.focus();
    form.node.addEventListener("submit", async (event) => {
      event.preventDefault();
      finish(await tryLogIn(form, person));
    });
  });
}

let asking: Promise<boolean> | null = null;

async function recovered(): Promise<boolean> {
  const session = await sessionNow();
  // Logged in again in another tab: the new CSRF key was all that was missing.
  if (session.authenticated) return sameOrReload(session, pagePerson());
  return ask();
}

/**
 * Brings a lost session back; true when calls may be repeated. Calls that fail together ask once.
 * A person who closed the dialog is asked again by the next call they make.
 */
export function recoverSession(): Promise<boolean> {
  asking ??= recovered()
    .catch(() => false)
    .then((back) => {
      if (back) window.dispatchEvent(new Event("session:back"));
      return back;
    })
    .finally(() => {
      asking = null;
    });
  return asking;
}
