/** Shows on a button that its act is under way; the width stays, a second press does nothing. */
export function setBusy(button: HTMLButtonElement, busy: boolean): void {
  if (busy) button.setAttribute("aria-busy", "true");
  else button.removeAttribute("aria-busy");
}

/** Runs an act of a button once at a time. */
export async function whileBusy<T>(
  button: HTMLButtonElement,
  act: () => Promise<T>,
): Promise<T | undefined> {
  if (button.getAttribute("aria-busy") === "true") return undefined;
  setBusy(button, true);
  try {
    return await act();
  } finally {
    setBusy(button, false);
  }
}
