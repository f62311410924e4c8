import { patchJson } from "../api/client";

/** Keeps something about this person on the server; failure is no reason to disturb them. */
export async function keepPreference(name: string, value: string): Promise<void> {
  try {
    await patchJson("/api/v1/users/me/", { preferences: { [name]: value } });
  } catch {
    // It is asked or shown again on the next page.
  }
}
