import { ApiError, patchJson, postJson } from "../api/client";
import { apiCallButton } from "../ui/api_call";
import { confirmDialog } from "../ui/dialog";
import { element } from "../ui/dom";
import { toast } from "../ui/toast";
import type { JobAction } from "./progress";

interface FailureGroup {
  class: string;
  signature: string;
  count: number;
  message: string;
  advice: string;
  memory_mb: number;
}

/** The body of a retry of one cause of failure. */
export function groupRetry(group: FailureGroup): Record<string, unknown> {
  return {
    group: { class: group.class, signature: group.signature },
    ...(group.memory_mb ? { memory_mb: group.memory_mb } : {}),
  };
}

const DONE: Record<JobAction, string> = {
  pause: "The job pauses when its workers are through with their blocks.",
  resume: "The job goes on.",
  cancel: "The job is being canceled.",
  retry: "A new attempt begins.",
};

function asking(path: string, body: unknown, text: string): HTMLElement {
  return element(
    "div",
    { class: "stack" },
    element("p", {}, text),
    element(
      "div",
      {},
      apiCallButton(() => ({ method: "POST", path, body })),
    ),
  );
}

/** What a person can do to a job; `changed` reads it again. */
export class JobActions {
  constructor(
    private readonly api: (part?: string) => string,
    private readonly changed: () => Promise<void>,
  ) {
    document.addEventListener("click", (event) => this.onClick(event));
    document.addEventListener("submit", (event) => this.onSubmit(event));
  }

  /** Presses the button of an action when the page offers it. */
  press(...actions: JobAction[]): void {
    const offered = actions.map((action) => `[data-job-action="${action}"]`).join(", ");
    document.querySelector<HTMLButtonElement>(offered)?.click();
  }

  private onClick(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const button = target?.closest<HTMLButtonElement>("[data-job-action]");
    if (button && !button.disabled) void this.act(button.dataset.jobAction as JobAction, button);
    const group = target?.closest<HTMLButtonElement>("[data-retry-group]");
    if (group) void this.retryGroup(group);
  }

  private onSubmit(event: SubmitEvent): void {
    const form = event.target as HTMLFormElement;
    if (form.id !== "priority-form") return;
    event.preventDefault();
    const priority = Number((form.elements.namedItem("priority") as HTMLInputElement).value);
    void this.send(null, async () => {
      await patchJson(this.api(), { priority });
      toast(`Priority ${priority}: it acts at the next free worker.`);
    });
  }

  private async act(action: JobAction, button: HTMLButtonElement): Promise<void> {
    if (action === "cancel" && !(await this.confirmCancel())) return;
    await this.send(button, async () => {
      await postJson(this.api(action), {});
      if (action === "retry") this.showLatest();
      else toast(DONE[action]);
    });
  }

  private confirmCancel(): Promise<boolean> {
    return confirmDialog({
      title: "Cancel this job?",
      body: asking(
        this.api("cancel"),
        {},
        "No result counts after this. Finished blocks stay in the store and are shown as a partial map; a retry reuses them.",
      ),
      act: "Cancel job",
      keep: "Keep running",
      destructive: true,
    });
  }

  private async retryGroup(button: HTMLButtonElement): Promise<void> {
    const group = JSON.parse(button.previousElementSibling?.textContent ?? "{}") as FailureGroup;
    const body = groupRetry(group);
    const text = `${group.message} ${group.advice} Blocks that failed for other causes stay failed.`;
    const sure = await confirmDialog({
      title: `Retry ${group.count === 1 ? "the block" : `the ${group.count} blocks`} of this cause?`,
      body: asking(this.api("retry"), body, text),
      act: "Retry group",
    });
    if (!sure) return;
    await this.send(button, async () => {
      await postJson(this.api("retry"), body);
      this.showLatest();
    });
  }

  private showLatest(): void {
    const address = new URL(location.href);
    address.searchParams.delete("attempt");
    location.assign(address);
  }

  private async send(button: HTMLButtonElement | null, work: () => Promise<void>): Promise<void> {
    button?.setAttribute("aria-busy", "true");
    if (button) button.disabled = true;
    try {
      await work();
    } catch (error) {
      toast(error instanceof ApiError ? error.message : String(error), "failed");
    }
    button?.removeAttribute("aria-busy");
    if (button) button.disabled = false;
    await this.changed();
  }
}
