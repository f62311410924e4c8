import { patchJson, postJson } from "../api/client";
import type { ApiCall } from "../ui/api_call";
import type { PageData } from "./data";
import { featuresSent, type SetState } from "./model";

export interface Saved {
  id: string;
  name: string;
}

/** How the set is kept: a new one, or the one that is open while no model uses it. */
export class Saver {
  copies: boolean;

  constructor(private readonly data: PageData) {
    this.copies = data.open === null || data.copies;
  }

  call(name: string, state: SetState): ApiCall {
    const features = featuresSent(state);
    const { open, project } = this.data;
    if (open && !this.copies)
      return {
        method: "PATCH",
        path: `/api/v1/feature-sets/${open.id}/`,
        body: { name, features },
      };
    return { method: "POST", path: "/api/v1/feature-sets/", body: { project, name, features } };
  }

  save(name: string, state: SetState): Promise<Saved> {
    const { method, path, body } = this.call(name, state);
    return method === "PATCH" ? patchJson<Saved>(path, body) : postJson<Saved>(path, body);
  }

  /** Where a saved set leads: to the form that asked for it, else to the list. */
  next(id: string): string {
    const { back, listUrl } = this.data;
    const next = new URL(back || listUrl, location.origin);
    if (back) next.searchParams.set("made", `feature_set.${id}`);
    else next.searchParams.set("set", id);
    return `${next.pathname}${next.search}`;
  }
}
