import type { StreamMessage } from "../jobs/socket";
import type { Tone } from "../ui/toast";

export interface Notice {
  id: string;
  kind: string;
  tone: Tone;
  text: string;
  url: string;
  project: string | null;
  project_name?: string | null;
  created_at: string;
  read_at: string | null;
}

export interface Notices {
  results: Notice[];
  unread: number;
  next: string | null;
}

/** What a person was told, newest first, and how much of it is unread; no DOM here. */
export class News {
  notices: Notice[] = [];
  unread: number;

  constructor(unread: number) {
    this.unread = unread;
  }

  load(answer: Notices): void {
    this.notices = answer.results;
    this.unread = answer.unread;
  }

  /** Takes a message of the person's stream; the answer is a notice that came just now. */
  take(message: StreamMessage): Notice | null {
    if (message.type === "notifications_read") {
      this.markRead(new Set(message.ids as string[]), Number(message.unread));
      return null;
    }
    if (message.type !== "notification") return null;
    const notice = message as unknown as Notice;
    if (this.notices.some((row) => row.id === notice.id)) return null;
    this.notices.unshift({ ...notice });
    if (notice.read_at === null) this.unread += 1;
    return notice;
  }

  /** `unread` is how many are left, as the server counted them. */
  markRead(ids: ReadonlySet<string>, unread: number): void {
    this.unread = unread;
    const now = new Date().toISOString();
    for (const row of this.notices) if (ids.has(row.id)) row.read_at ??= now;
  }
}

export const badgeText = (unread: number): string => (unread > 99 ? "99+" : String(unread));

/** "now", "12 min ago", "3 h ago", then the date. */
export function ago(iso: string, now: Date = new Date()): string {
  const minutes = Math.floor((now.getTime() - new Date(iso).getTime()) / 60_000);
  if (minutes < 1) return "now";
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return new Date(iso).toLocaleDateString("en-GB", { day: "numeric", month: "short" });
}
