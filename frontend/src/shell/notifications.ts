import { ApiError, csrfToken, getJson, postJson } from "../api/client";
import { type Snapshot, Stream, socketAddress } from "../jobs/socket";
import { byId, element, icon } from "../ui/dom";
import { toast } from "../ui/toast";
import type { ShellData } from "./data";
import { ago, badgeText, News, type Notice, type Notices } from "./news";

const LIST = "/api/v1/notifications/?page_size=50";
const READ = "/api/v1/notifications/read/";
const EVENTS = "/api/v1/users/me/events/";

/** The bell and its drawer; live over `/ws/users/me/`. */
export class Notifications {
  private readonly news: News;
  private readonly bell = byId("bell");
  private readonly body = element("div", { class: "news-body", tabindex: "-1" });
  private readonly dialog = element("dialog", { class: "side", "aria-labelledby": "news-title" });
  private readonly seq: number;

  constructor(data: ShellData) {
    this.news = new News(data.unread);
    this.seq = data.seq;
    const all = element(
      "button",
      { class: "button quiet small", type: "button" },
      "Mark all as read",
    );
    const close = element(
      "button",
      { class: "button quiet square", type: "button", "aria-label": "Close", autofocus: true },
      icon("close"),
    );
    const title = element("h2", { id: "news-title" }, "Notifications");
    this.dialog.append(element("div", { class: "side-head" }, title, all, close), this.body);
    document.body.append(this.dialog);
    close.addEventListener("click", () => this.dialog.close());
    all.addEventListener("click", () => void this.read(null));
    this.bell.addEventListener("click", () => void this.open());
    this.dialog.addEventListener("click", (event) => this.clicked(event));
    this.listen();
  }

  async open(): Promise<void> {
    this.body.replaceChildren(...Array.from({ length: 4 }, skeleton));
    this.dialog.showModal();
    await this.load();
  }

  private listen(): void {
    new Stream({
      socketUrl: socketAddress("/ws/users/me/"),
      fetchSince: (seq) => getJson<Snapshot>(`${EVENTS}?since=${seq}`),
      onReset: () => void this.load(),
      since: this.seq,
      onMessage: (message) => {
        const notice = this.news.take(message);
        if (notice) this.tell(notice);
        this.draw();
      },
    }).start();
  }

  private tell(notice: Notice): void {
    if (notice.url === location.pathname) return; // the page itself shows it
    const open = { label: "Open", run: () => location.assign(notice.url) };
    toast(notice.text, notice.tone, notice.url ? open : undefined);
  }

  private async load(): Promise<void> {
    try {
      this.news.load(await getJson<Notices>(LIST));
      this.draw();
    } catch (error) {
      this.failed(error);
    }
  }

  private async read(ids: string[] | null): Promise<void> {
    const chosen = ids ?? this.news.notices.filter((row) => !row.read_at).map((row) => row.id);
    try {
      const answer = await postJson<{ unread: number }>(READ, ids ? { ids } : {});
      this.news.markRead(new Set(chosen), answer.unread);
      this.draw();
    } catch (error) {
      this.failed(error);
    }
  }

  private clicked(event: MouseEvent): void {
    if (event.target === this.dialog) this.dialog.close();
    if (!(event.target instanceof Element)) return;
    const row = event.target.closest<HTMLElement>("[data-id]");
    if (!row?.classList.contains("unread")) return;
    // The page is left by the link: the mark must survive that.
    void keepAlive(READ, { ids: [row.dataset.id] });
  }

  private failed(error: unknown): void {
    if (!(error instanceof ApiError)) throw error;
    const again = element(
      "button",
      { class: "button", type: "button" },
      icon("retry"),
      "Try again",
    );
    again.addEventListener("click", () => void this.load());
    const what = element("p", { class: "what", role: "alert" }, icon("failed", "icon tone-failed"));
    what.append(error.message);
    this.body.replaceChildren(element("div", { class: "failed-state" }, what, again));
  }

  private draw(): void {
    const { unread, notices } = this.news;
    const count = this.bell.querySelector<HTMLElement>(".bell-count");
    if (count) {
      count.hidden = unread === 0;
      count.textContent = badgeText(unread);
    }
    this.bell.setAttribute("aria-label", `Notifications${unread ? `, ${unread} unread` : ""}`);
    if (this.dialog.open) this.body.replaceChildren(notices.length ? listOf(notices) : nothing());
  }
}

async function keepAlive(path: string, body: unknown): Promise<void> {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrfToken() };
  const init = { method: "POST", keepalive: true, headers, body: JSON.stringify(body) };
  await fetch(path, init).catch(() => undefined);
}

const skeleton = (): HTMLElement =>
  element(
    "div",
    { class: "section", "aria-hidden": "true" },
    element("span", { class: "skeleton" }),
  );

function nothing(): HTMLElement {
  return element(
    "div",
    { class: "empty" },
    element("strong", {}, "Nothing yet."),
    element("p", {}, "When a job that you launched ends, or somebody needs you, it is told here."),
  );
}

function listOf(notices: readonly Notice[]): HTMLElement {
  const rows = notices.map((notice) => {
    const foot = [notice.project_name, ago(notice.created_at)].filter(Boolean).join(" · ");
    const inner = [
      icon(notice.tone, `icon tone-${notice.tone}`),
      element("span", { class: "text" }, notice.text),
      notice.read_at ? null : element("span", { class: "sr-only" }, "unread"),
      element("span", { class: "when" }, foot),
    ];
    const line = notice.url
      ? element("a", { href: notice.url }, ...inner)
      : element("div", {}, ...inner);
    return element("li", { "data-id": notice.id, class: notice.read_at ? null : "unread" }, line);
  });
  return element("ul", { class: "news" }, ...rows);
}
