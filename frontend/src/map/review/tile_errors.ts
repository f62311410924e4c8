/** What to do about a tile that was not delivered, by the status of its answer. */
export type Remedy = "renew" | "again" | "ignore" | "tell";

export interface Diagnosis {
  remedy: Remedy;
  text: string;
}

export function diagnose(status: number, detail = ""): Diagnosis {
  if (status === 410 || status === 403) return { remedy: "renew", text: "" };
  if (status === 200 || status === 304) return { remedy: "again", text: "" };
  if (status === 0) {
    return { remedy: "again", text: "No connection to the server; the map keeps trying." };
  }
  if (status === 503 || status === 429 || status === 502 || status === 504) {
    return { remedy: "again", text: "The tile server is busy or starting; the map keeps trying." };
  }
  if (status === 404) {
    return { remedy: "tell", text: "The server has no tiles for this layer any more." };
  }
  if (status === 422) return { remedy: "tell", text: detail || "It cannot be drawn this way." };
  return {
    remedy: "tell",
    text: `The tile server failed (${status}). ${detail || "If it stays, tell an administrator."}`,
  };
}

/** Wait before the n-th try again, in milliseconds. */
export function patience(attempt: number): number {
  return Math.min(30_000, 1000 * 2 ** attempt);
}
