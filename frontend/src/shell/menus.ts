/** `details.menu`: closes outside, with Esc and after Tab; arrow keys walk through its entries. */
const ENTRIES = "a[href], button, input";

const openMenu = (): HTMLDetailsElement | null => document.querySelector("details.menu[open]");

export function closeMenus(except: EventTarget | null = null): boolean {
  let closed = false;
  for (const menu of document.querySelectorAll<HTMLDetailsElement>("details.menu[open]")) {
    if (except instanceof Node && menu.contains(except)) continue;
    menu.open = false;
    closed = true;
  }
  return closed;
}

/** Esc: closes the open menu and gives the focus back to its button. */
export function leaveMenu(): boolean {
  const menu = openMenu();
  if (!menu) return false;
  menu.open = false;
  menu.querySelector("summary")?.focus();
  return true;
}

function walk(event: KeyboardEvent): void {
  const menu = event.target instanceof Element && event.target.closest("details.menu[open]");
  if (!menu || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
  const panel = menu.querySelector(".menu-panel");
  const entries = [...(panel?.querySelectorAll<HTMLElement>(ENTRIES) ?? [])].filter(
    (entry) => !entry.hidden,
  );
  const at = entries.indexOf(document.activeElement as HTMLElement);
  const next = event.key === "ArrowDown" ? at + 1 : at - 1;
  entries[(next + entries.length) % entries.length]?.focus();
  event.preventDefault();
}

/** The field above a long list of projects. */
function filter(field: HTMLInputElement): void {
  const panel = field.closest(".menu-panel");
  const wanted = field.value.trim().toLowerCase();
  let left = 0;
  for (const entry of panel?.querySelectorAll<HTMLElement>("[data-filter-text]") ?? []) {
    entry.hidden = !(entry.dataset.filterText ?? "").toLowerCase().includes(wanted);
    if (!entry.hidden) left += 1;
  }
  const empty = panel?.querySelector<HTMLElement>("[data-filter-empty]");
  if (empty) empty.hidden = left > 0;
}

export function watchMenus(root: Document = document): void {
  root.addEventListener("click", (event) => closeMenus(event.target));
  root.addEventListener("focusin", (event) => closeMenus(event.target));
  root.addEventListener("keydown", walk);
  root.addEventListener("input", (event) => {
    const field = event.target;
    if (field instanceof HTMLInputElement && field.hasAttribute("data-filter-menu")) filter(field);
  });
  for (const menu of root.querySelectorAll<HTMLDetailsElement>("details.menu")) {
    menu.addEventListener("toggle", () => {
      if (menu.open) menu.querySelector<HTMLElement>("[data-filter-menu]")?.focus();
    });
  }
}
