import { readState, writeState } from "../ui/permalink_state";

/** Links to where a row for a field is made; they lead back to this form as it is now. */
export function waysBackPut(form: HTMLElement): void {
  for (const link of form.querySelectorAll<HTMLAnchorElement>("a[data-make]")) {
    const address = new URL(link.href);
    address.searchParams.set("back", `${location.pathname}${location.search}`);
    link.href = address.href;
  }
}

/** Chooses the row that was made elsewhere (`?made=feature_set.<id>`); once, a reload keeps it. */
export function madePut(form: HTMLElement): boolean {
  const made = readState().get("made");
  if (!made) return false;
  const [field = "", id = ""] = made.split(".");
  const select = form.querySelector<HTMLSelectElement>(`select[data-pick="${CSS.escape(field)}"]`);
  const offered = [...(select?.options ?? [])].some((option) => option.value === id);
  if (select && offered) select.value = id;
  writeState({ made: null });
  return offered;
}
