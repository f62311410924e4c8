import { element } from "./dom";

export interface DialogOptions {
  title: string;
  body: Node;
  actions?: HTMLElement[];
  onClose?: () => void;
  wide?: boolean;
}

export interface OpenDialog {
  dialog: HTMLDialogElement;
  close(): void;
}

let made = 0;

/** A modal over the page: holds the focus, closes with Esc, gives the focus back. */
export function openDialog({ title, body, actions, onClose, wide }: DialogOptions): OpenDialog {
  made += 1;
  const heading = element("h2", { id: `dialog-title-${made}` }, title);
  const dialog = element(
    "dialog",
    { "aria-labelledby": heading.id, class: wide ? "wide" : null },
    heading,
    element("div", { class: "dialog-body" }, body),
  );
  if (actions?.length) dialog.append(element("div", { class: "foot" }, ...actions));
  const before = document.activeElement;
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before instanceof HTMLElement && before.isConnected) before.focus();
    onClose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
  return { dialog, close: () => dialog.close() };
}

export interface Question {
  title: string;
  body?: string | Node;
  /** Names the act: "Cancel job". */
  act: string;
  /** Names the other way out: "Keep running". */
  keep?: string;
  destructive?: boolean;
}

/** Asks before something that cannot be taken back; the focus begins on the safe button. */
export function confirmDialog(question: Question): Promise<boolean> {
  const { title, body, act, keep = "Go back", destructive } = question;
  return new Promise((resolve) => {
    let answer = false;
    const stay = element("button", { class: "button", type: "button", autofocus: true }, keep);
    const go = element(
      "button",
      { class: destructive ? "button danger" : "button primary", type: "button" },
      act,
    );
    const text = typeof body === "string" ? element("p", {}, body) : body;
    const { close } = openDialog({
      title,
      body: text ?? document.createTextNode(""),
      actions: [stay, go],
      onClose: () => resolve(answer),
    });
    stay.addEventListener("click", close);
    go.addEventListener("click", () => {
      answer = true;
      close();
    });
    stay.focus();
  });
}
