import { ApiError, postJson } from "../api/client";
import { IdempotencyKeys } from "./form";

type Json = Record<string, unknown>;

export interface Started {
  jobs: { id: string; area: string | null }[];
  failed: { area: string | null; error: ApiError }[];
}

/** Launches one job after the other; a second try repeats none that was started. */
export class Starter {
  private readonly keys = new IdempotencyKeys();

  constructor(private readonly post = postJson<{ id: string }>) {}

  async start(bodies: Json[], onDone: (count: number) => void): Promise<Started> {
    const result: Started = { jobs: [], failed: [] };
    for (const body of bodies) {
      const area = typeof body.aoi === "string" ? body.aoi : null;
      try {
        const headers = { "Idempotency-Key": this.keys.keyFor(body) };
        const job = await this.post("/api/v1/jobs/", body, headers);
        result.jobs.push({ id: job.id, area });
        onDone(result.jobs.length);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        result.failed.push({ area, error });
      }
    }
    return result;
  }
}
