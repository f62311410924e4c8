import type { SetState } from "./model";

/** What stands in the editor, typed text included. */
export interface Draft {
  at: number;
  name: string;
  expression: string;
  label: string;
  state: SetState;
}

/** Keeps what was chosen over a reload or a lost session, for the length of the tab. */
export class DraftKeeper {
  private readonly key: string;

  constructor(project: string, set: string) {
    this.key = `features-draft:${project}:${set}`;
  }

  read(): Draft | null {
    try {
      const draft = JSON.parse(sessionStorage.getItem(this.key) ?? "null") as Draft | null;
      return Array.isArray(draft?.state?.features) ? draft : null;
    } catch {
      return null;
    }
  }

  keep(draft: Draft): void {
    sessionStorage.setItem(this.key, JSON.stringify(draft));
  }

  drop(): void {
    sessionStorage.removeItem(this.key);
  }
}
