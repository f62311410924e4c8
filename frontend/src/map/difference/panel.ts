import { ApiError, getJson, postJson } from "../../api/client";
import type { Job, LegendEntry } from "../../api/types";
import { apiCallButton } from "../../ui/api_call";
import { element } from "../../ui/dom";
import type { ReviewContext } from "../review/hooks";
import { entryOf } from "../review/state";
import { type BBox, boundsOf } from "../setup";
import { type ClassLayer, comparable, order, stackWhere, type Transitions } from "./model";
import { TransitionView } from "./view";

const LOOK_MS = 1500;
const ENDS = ["finished", "finished_with_errors", "error", "canceled"];

interface ChangeLayer extends ClassLayer {
  bbox: BBox;
  published_at: string | null;
  legend: LegendEntry[];
  statistics: { transitions?: Transitions };
}

const moment = (text: string | null): string =>
  new Date(text ?? 0).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });

/** Chooses two maps, has them compared by a job, and shows the change layer with its table. */
export class DifferencePanel {
  private readonly before = this.select("Before");
  private readonly after = this.select("After");
  private readonly start = element(
    "button",
    { class: "button primary", type: "submit" },
    "Compare",
  );
  private readonly said = element("div", { role: "status", "aria-live": "polite" });
  private readonly result = element("div", {});
  private made: ChangeLayer[] = [];
  /** What was visible before one transition was shown alone. */
  private visible: ReadonlySet<string> | null = null;

  constructor(
    body: HTMLElement,
    private readonly review: ReviewContext,
  ) {
    const form = element(
      "form",
      { class: "stack" },
      this.labelled("Before", this.before),
      this.labelled("After", this.after),
      element(
        "div",
        { class: "row end" },
        apiCallButton(() => ({ method: "POST", path: "/api/v1/jobs/", body: this.request() })),
        this.start,
      ),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.compare();
    });
    const may = ["producer", "manager"].includes(review.project.role);
    body.replaceChildren(...(may ? [form] : []), this.said, this.result);
  }

  async load(): Promise<void> {
    try {
      const { results } = await getJson<{ results: ChangeLayer[] }>(
        `/api/v1/layers/?project=${this.review.project.id}&role=class&page_size=500`,
      );
      const layers = comparable(results);
      this.fill(this.before, layers, 1);
      this.fill(this.after, layers, 0);
      this.made = results.filter((layer) => layer.product === "change");
      this.start.disabled = layers.length < 2;
      if (layers.length < 2) {
        this.say("Two class layers are needed. Map the area once more, then compare.");
      }
      const there = this.inStack();
      if (this.result.hasChildNodes()) return;
      if (there) await this.showLayer(there);
      else this.drawMade();
    } catch (error) {
      this.fail(error);
    }
  }

  private request(): Record<string, unknown> {
    return {
      project: this.review.project.id,
      workflow: "compare_layers",
      parameters: order(this.before.value, this.after.value) ?? {},
    };
  }

  private async compare(): Promise<void> {
    if (!order(this.before.value, this.after.value)) {
      this.say("Choose two different maps.");
      return;
    }
    this.start.disabled = true;
    try {
      const job = await this.follow(await postJson<Job>("/api/v1/jobs/", this.request()));
      const made = job.outputs.layers?.[0];
      if (!made) {
        this.say(
          job.error ? `${job.error.message} ${job.error.advice}` : `The job is ${job.status}.`,
        );
        return;
      }
      this.say("Compared.");
      await this.showLayer(made);
      await this.load();
    } catch (error) {
      this.fail(error);
    } finally {
      this.start.disabled = false;
    }
  }

  private async follow(first: Job): Promise<Job> {
    let job = first;
    while (!ENDS.includes(job.status)) {
      const { done, total } = job.progress;
      const link = element("a", { href: `/jobs/${job.id}/` }, "Open the job");
      const share = total ? `${done} of ${total} blocks` : "planning";
      this.said.replaceChildren(`Comparing: ${share}. `, link);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      job = await getJson<Job>(`/api/v1/jobs/${job.id}/`);
    }
    return job;
  }

  private async showLayer(id: string): Promise<void> {
    const layer = await getJson<ChangeLayer>(`/api/v1/layers/${id}/`);
    const { transitions } = layer.statistics;
    this.review.show(entryOf("layer", id));
    const table = transitions
      ? new TransitionView(transitions, (code) => this.where(layer, code)).node
      : element("p", {}, "No table was kept.");
    this.result.replaceChildren(element("h3", {}, layer.name), table);
    this.drawMade(layer.id);
  }

  /** Shows one transition alone; the map moves only when the layer lies outside of it. */
  private where(layer: ChangeLayer, code: number | null): void {
    const { store, map } = this.review;
    this.review.show(entryOf("layer", layer.id));
    const { stack } = store.get();
    if (!this.visible) {
      this.visible = new Set(stack.filter((entry) => entry.visible).map((entry) => entry.id));
    }
    store.change({ stack: stackWhere(stack, layer, code, this.visible) });
    if (code === null) this.visible = null;
    const bounds = boundsOf(layer.bbox);
    if (!map.getBounds().intersects(bounds)) map.fitBounds(bounds, { padding: [24, 24] });
  }

  /** The change layer of an opened link: the one that stands in the stack. */
  private inStack(): string | undefined {
    const ids = new Set(this.review.store.get().stack.map((entry) => entry.id));
    return this.made.find((layer) => ids.has(layer.id))?.id;
  }

  /** Lists comparisons made before; the one that is shown stands above the list already. */
  private drawMade(shown = ""): void {
    const others = this.made.filter((layer) => layer.id !== shown);
    if (!others.length) return;
    const rows = others.map((layer) => {
      const button = element("button", { class: "link", type: "button" }, layer.name);
      button.addEventListener("click", () => {
        void this.showLayer(layer.id).catch((error: unknown) => this.fail(error));
      });
      const made = ` ${moment(layer.published_at)}`;
      return element("li", {}, button, element("small", {}, made));
    });
    const list = element("ul", { class: "made-before" }, ...rows);
    if (!shown) this.result.replaceChildren();
    this.result.append(element("h3", {}, shown ? "Other comparisons" : "Made before"), list);
  }

  private select(name: string): HTMLSelectElement {
    const id = `difference-${name.toLowerCase()}`;
    return element("select", { class: "input", id, name: name.toLowerCase() });
  }

  private labelled(word: string, input: HTMLSelectElement): HTMLElement {
    return element("div", { class: "field" }, element("label", { for: input.id }, word), input);
  }

  private fill(select: HTMLSelectElement, layers: ChangeLayer[], place: number): void {
    const kept = select.value || layers[place]?.id;
    select.replaceChildren(
      ...layers.map((layer) =>
        element(
          "option",
          { value: layer.id, selected: layer.id === kept },
          `${layer.name}, release ${layer.release}, ${moment(layer.published_at)}`,
        ),
      ),
    );
  }

  private say(text: string): void {
    this.said.replaceChildren(text);
  }

  private fail(error: unknown): void {
    const texts = error instanceof ApiError ? Object.values(error.problem.errors ?? {}).flat() : [];
    this.say(texts.length ? texts.join(" ") : (error as Error).message);
  }
}
