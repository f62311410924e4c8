/** The state of a screen in its address, so that a link shows another person the same. */
export function readState(): URLSearchParams {
  return new URLSearchParams(location.search);
}

/** Sets (or with null removes) parts of the state; what others wrote stays. */
export function writeState(changes: Record<string, string | null>): void {
  const query = readState();
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(name);
    else query.set(name, value);
  }
  // Slashes, commas and colons may stand in a query; links stay readable.
  const text = query.toString().replace(/%(2F|2C|3A)/gi, (code) => decodeURIComponent(code));
  const address = `${location.pathname}${text ? `?${text}` : ""}${location.hash}`;
  history.replaceState(history.state, "", address);
}
