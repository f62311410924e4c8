import { showApiCall } from "../ui/api_call";
import { openDialog } from "../ui/dialog";
import { element, icon } from "../ui/dom";
import { copyText } from "../ui/toast";
import { bodiesOf, commandsOf, type Reach } from "./scope";

type Json = Record<string, unknown>;

export interface TextHost {
  slug: string;
  /** The body without a scope, and the scope; throws a FieldError. */
  order(): { body: Json; reach: Reach };
  fail(error: unknown): void;
}

/** The launch as an API call and as a command on the server. */
export class AsText {
  constructor(
    private readonly host: TextHost,
    callHolder: HTMLElement,
    command: HTMLElement,
  ) {
    const call = element(
      "button",
      { class: "button quiet small", type: "button" },
      icon("code"),
      "Show as API call",
    );
    callHolder.replaceWith(call);
    call.addEventListener("click", () => this.guarded(() => this.showCall()));
    command.addEventListener("click", () => this.guarded(() => this.showCommand()));
  }

  private guarded(show: () => void): void {
    try {
      show();
    } catch (error) {
      this.host.fail(error);
    }
  }

  private showCall(): void {
    const { body, reach } = this.host.order();
    showApiCall({ method: "POST", path: "/api/v1/jobs/", body: bodiesOf(body, reach)[0] });
  }

  private showCommand(): void {
    const { body, reach } = this.host.order();
    const text = commandsOf(body, this.host.slug, reach);
    const copy = element("button", { class: "button primary", type: "button" }, "Copy");
    copy.addEventListener("click", () => void copyText(text, "Command copied."));
    const close = element("button", { class: "button", type: "button" }, "Close");
    const opened = openDialog({
      title: "The same launch as a command on the server",
      body: element("pre", { tabindex: 0, "aria-label": "Command" }, text),
      actions: [close, copy],
      wide: true,
    });
    close.addEventListener("click", opened.close);
  }
}
