import { entriesOf, entriesPut } from "./controls";
import { madePut, waysBackPut } from "./made";
import type { Scope } from "./scope";
import { beginningOf, type Draft, draftKey, readDraft } from "./state";

/** Keeps what was typed over a reload or a lost session, for the length of the tab. */
export class DraftKeeper {
  private readonly key: string;
  private untouched: string | null = null;

  constructor(
    project: string,
    workflow: string,
    private readonly form: HTMLFormElement,
    private readonly scope: Scope,
  ) {
    this.key = draftKey(project, workflow);
  }

  /**
   * Puts the draft into the form, then what was made elsewhere for it; answers when the draft was
   * kept, null without one.
   */
  restore(): number | null {
    this.untouched = this.words();
    const at = this.putBack();
    madePut(this.form);
    return at;
  }

  private putBack(): number | null {
    const draft = readDraft(sessionStorage.getItem(this.key), location.search);
    if (!draft) return null;
    entriesPut(this.form, draft.fields);
    const asked = new URLSearchParams(location.search);
    if (!asked.has("aoi") && !asked.has("units")) this.scope.set(draft.places, draft.mode);
    return draft.at;
  }

  /** Keeps the form as it is; a form nobody has typed in is no draft. */
  keep(): void {
    waysBackPut(this.form);
    const now = this.words();
    if (this.untouched === null || now === this.untouched) return;
    const draft: Draft = {
      query: beginningOf(location.search),
      at: Date.now(),
      ...(JSON.parse(now) as Pick<Draft, "fields" | "places" | "mode">),
    };
    sessionStorage.setItem(this.key, JSON.stringify(draft));
  }

  drop(): void {
    this.untouched = null;
    sessionStorage.removeItem(this.key);
  }

  private words(): string {
    const { kept: places, mode } = this.scope;
    return JSON.stringify({ fields: entriesOf(this.form), places, mode });
  }
}
