import "../../styles/index.css";
import { onLostSession } from "../api/client";
import { watchApiCalls } from "../ui/api_call";
import { submitApiForm } from "../ui/api_form";
import { bindKeys, handleKey, showKeys } from "../ui/keys";
import { recoverSession } from "../ui/login_dialog";
import { toggleTheme } from "../ui/theme";
import { copyText } from "../ui/toast";

function closeOtherMenus(target: EventTarget | null): void {
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    if (!(target instanceof Node) || !menu.contains(target)) menu.open = false;
  }
}

function onClick(event: MouseEvent): void {
  closeOtherMenus(event.target);
  if (!(event.target instanceof Element)) return;
  const action = event.target.closest<HTMLElement>("[data-action]");
  if (action?.dataset.action === "theme") toggleTheme();
  if (action?.dataset.action === "copy") {
    void copyText(action.dataset.text ?? "", action.dataset.done ?? "Copied.");
  }
  const opener = event.target.closest<HTMLElement>("[data-dialog]");
  if (opener) document.querySelector<HTMLDialogElement>(opener.dataset.dialog ?? "")?.showModal();
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
}

onLostSession(recoverSession);
watchApiCalls();
bindKeys([{ key: "?", label: "Keys of this page", run: showKeys }]);
document.addEventListener("click", onClick);
document.addEventListener("submit", (event) => {
  if (!(event.target instanceof HTMLFormElement) || !event.target.dataset.api) return;
  event.preventDefault();
  void submitApiForm(event.target);
});
document.addEventListener("keydown", (event) => {
  if (handleKey(event)) return;
  if (event.key === "Escape") closeOtherMenus(null);
});
