/** Tablists by the ARIA pattern: arrow keys change the tab, only the chosen one is a tab stop. */
function choose(tab: HTMLElement): void {
  const list = tab.closest('[role="tablist"]');
  for (const other of list?.querySelectorAll<HTMLElement>('[role="tab"]') ?? []) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    const panel = document.getElementById(other.getAttribute("aria-controls") ?? "");
    const shared = tab.getAttribute("aria-controls") === panel?.id;
    if (panel) panel.hidden = !chosen && !shared;
    if (panel && chosen) panel.setAttribute("aria-labelledby", tab.id);
  }
  tab.dispatchEvent(new CustomEvent("tab:chosen", { bubbles: true }));
}

function onKey(event: KeyboardEvent): void {
  if (!(event.target instanceof HTMLElement) || event.target.role !== "tab") return;
  const tabs = [
    ...(event.target.closest('[role="tablist"]')?.querySelectorAll<HTMLElement>('[role="tab"]') ??
      []),
  ];
  const at = tabs.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  const next = tabs[(to + tabs.length) % tabs.length];
  next?.focus();
  if (next) choose(next);
  event.preventDefault();
}

/** Makes every `role=tablist` work, also those that come later; `tab:chosen` tells of a change. */
export function watchTabs(root: Document = document): void {
  root.addEventListener("keydown", onKey);
  root.addEventListener("click", (event) => {
    const tab =
      event.target instanceof Element && event.target.closest<HTMLElement>('[role="tab"]');
    if (tab) choose(tab);
  });
}
