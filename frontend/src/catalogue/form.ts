import { byId } from "../ui/dom";
import { periodOf, periodText, type Search } from "./search";

/** The search form: shows a search, says when a person changes it. */
export class SearchForm {
  private readonly form = byId<HTMLFormElement>("search");
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly now: () => Search,
    private readonly changed: (search: Search) => void,
  ) {
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.form.addEventListener("input", (event) => this.onInput(event));
    this.form.addEventListener("reset", (event) => {
      event.preventDefault();
      changed({
        ...now(),
        where: "",
        bbox: "",
        collections: [],
        sensor: "",
        datetime: "",
        cloud: null,
        state: "",
        text: "",
      });
    });
  }

  show(search: Search): void {
    const [from, to] = periodOf(search.datetime);
    this.set("where", search.where);
    this.set("from", from);
    this.set("to", to);
    this.set("cloud", String(search.cloud ?? 100));
    this.set("collection", search.collections[0] ?? "");
    this.set("sensor", search.sensor);
    this.set("state", search.state);
    this.set("text", search.text);
    this.showCloud(search.cloud);
  }

  private control(name: string): HTMLInputElement | HTMLSelectElement | null {
    return this.form.elements.namedItem(name) as HTMLInputElement | HTMLSelectElement | null;
  }

  private set(name: string, value: string): void {
    const control = this.control(name);
    // What is being typed is not overwritten by an answer that comes late.
    if (
      control &&
      control.value !== value &&
      !(control === document.activeElement && name === "text")
    )
      control.value = value;
  }

  private value(name: string): string {
    return this.control(name)?.value ?? "";
  }

  private showCloud(cloud: number | null): void {
    byId("s-cloud-value").textContent = cloud === null ? "any" : `${cloud} %`;
  }

  private onInput(event: Event): void {
    const cloud = Number(this.value("cloud"));
    this.showCloud(cloud >= 100 ? null : cloud);
    const name = (event.target as HTMLInputElement).name;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), name === "text" || name === "cloud" ? 250 : 0);
  }

  private tell(): void {
    const cloud = Number(this.value("cloud"));
    const collection = this.value("collection");
    this.changed({
      ...this.now(),
      where: this.value("where"),
      datetime: periodText(this.value("from"), this.value("to")),
      cloud: cloud >= 100 ? null : cloud,
      collections: collection ? [collection] : [],
      sensor: this.value("sensor"),
      state: this.value("state"),
      text: this.value("text").trim(),
    });
  }
}
