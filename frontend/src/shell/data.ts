import { pageData } from "../ui/dom";

export interface Place {
  word: string;
  url: string;
  icon?: string;
}

/** What the server put into every page of the shell (`shell-data`). */
export interface ShellData {
  user: string;
  project: { id: string; name: string; role: string } | null;
  pages: Place[];
  launch: Place[];
  /** Things to make. */
  new: Place[];
  projects: { name: string; url: string }[];
  unread: number;
  /** Number of the last message of the person's stream that this page knows. */
  seq: number;
  preferences: Record<string, string>;
  /** Address of the demo project's board; empty for those who are not in it. */
  demo: string;
}

/** Null on pages without the shell (log-in, errors). */
export function shellData(): ShellData | null {
  return document.getElementById("shell-data") ? pageData<ShellData>("shell-data") : null;
}
