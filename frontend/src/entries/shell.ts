import "../../styles/index.css";
import { onLostSession } from "../api/client";
import { shellData } from "../shell/data";
import { closeMenus, leaveMenu, watchMenus } from "../shell/menus";
import { type Shell, startShell } from "../shell/start";
import { watchApiCalls } from "../ui/api_call";
import { groupsFollow, submitApiForm } from "../ui/api_form";
import { closeDrawer, watchDrawers } from "../ui/drawer";
import { handleKey } from "../ui/keys";
import { recoverSession } from "../ui/login_dialog";
import { watchTabs } from "../ui/tabs";
import { copyText } from "../ui/toast";

interface Htmx {
  ajax(verb: string, path: string, context: { source: Element }): Promise<void>;
}

let shell: Shell | null = null;

function onClick(event: MouseEvent): void {
  if (!(event.target instanceof Element)) return;
  const action = event.target.closest<HTMLElement>("[data-action]");
  if (action?.dataset.action === "copy") {
    void copyText(action.dataset.text ?? "", action.dataset.done ?? "Copied.");
  } else if (action) {
    if (action.dataset.action !== "single-keys") closeMenus();
    shell?.act(action.dataset.action ?? "");
  }
  const opener = event.target.closest<HTMLElement>("[data-dialog]");
  if (opener) document.querySelector<HTMLDialogElement>(opener.dataset.dialog ?? "")?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
}

/** A part of the page that was refused is asked for again after the log-in. */
async function partRefused(event: Event): Promise<void> {
  const { xhr, elt, pathInfo, requestConfig } = (event as CustomEvent).detail;
  if (xhr?.status !== 401 || !(await recoverSession())) return;
  const htmx = (window as unknown as { htmx?: Htmx }).htmx;
  await htmx?.ajax(requestConfig?.verb ?? "get", pathInfo.requestPath, { source: elt });
}

onLostSession(recoverSession);
watchApiCalls();
watchMenus();
watchDrawers();
watchTabs();
document.addEventListener("click", onClick);
document.addEventListener("htmx:responseError", (event) => void partRefused(event));
document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.dataset.api) return;
  event.preventDefault();
  void submitApiForm(event.target);
});
document.addEventListener("input", (event) => {
  const form = event.target instanceof Element ? event.target.closest("form") : null;
  if (form?.dataset.api) groupsFollow(form);
});
document.addEventListener("keydown", (event) => {
  if (handleKey(event)) return;
  if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
  leaveMenu() || closeDrawer() || shell?.leave();
});

const data = shellData();
if (data) shell = startShell(data);
