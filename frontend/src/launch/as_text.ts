import { showApiCall } from "../ui/api_call";
import { openDialog } from "../ui/dialog";
import { element, icon } from "../ui/dom";
import { copyText } from "../ui/toast";
import { commandsOf } from "./scope";

type Json = Record<string, unknown>;

export interface TextHost {
  slug: string;
  /** The body without an area, and the areas; throws a FieldError. */
  order(): { body: Json; areas: string[] };
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
    const { body, areas } = this.host.order();
    const [aoi] = areas;
    showApiCall({ method: "POST", path: "/api/v1/jobs/", body: aoi ? { ...body, aoi } : body });
  }

  private showCommand(): void {
    const { body, areas } = this.host.order();
    const text = commandsOf(body, this.host.slug, areas);
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
