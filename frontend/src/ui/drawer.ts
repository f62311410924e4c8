/**
 * Side panels that lie over the page below 1100 px: `<aside class="drawer" id="x">` with
 * `<button class="drawer-opener" data-drawer="x">`. On wide screens both are as if not there.
 */
const NARROW = "(max-width: 1100px)";

function setOpen(panel: HTMLElement, open: boolean): void {
  panel.classList.toggle("open", open);
  for (const opener of document.querySelectorAll(`[data-drawer="${panel.id}"]`)) {
    opener.setAttribute("aria-expanded", String(open));
  }
  if (open) {
    panel.tabIndex = -1;
    panel.focus();
  }
}

function openPanel(): HTMLElement | null {
  return document.querySelector<HTMLElement>(".drawer.open");
}

/** Closes the open drawer and gives the focus back to its button; false when none was open. */
export function closeDrawer(): boolean {
  const panel = openPanel();
  if (!panel) return false;
  setOpen(panel, false);
  document.querySelector<HTMLElement>(`[data-drawer="${panel.id}"]`)?.focus();
  return true;
}

export function watchDrawers(root: Document = document): void {
  for (const opener of root.querySelectorAll<HTMLElement>("[data-drawer]")) {
    opener.setAttribute("aria-expanded", "false");
    opener.setAttribute("aria-controls", opener.dataset.drawer ?? "");
  }
  root.addEventListener("click", (event) => {
    if (!(event.target instanceof Element)) return;
    const opener = event.target.closest<HTMLElement>("[data-drawer]");
    const panel = root.getElementById(opener?.dataset.drawer ?? "");
    if (panel) setOpen(panel, !panel.classList.contains("open"));
  });
  matchMedia(NARROW).addEventListener("change", () => {
    const panel = openPanel();
    if (panel) setOpen(panel, false);
  });
}
