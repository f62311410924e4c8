import { ApiError } from "../../api/client";

/** Outside a layer is no failure, so it is said in other words. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof ApiError)) return "The value could not be read.";
  return error.problem.status === 404 ? "This place lies outside the layer." : error.message;
}
