import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import {
  ApiError,
  deleteJson,
  getJson,
  onLostSession,
  patchJson,
  postForm,
} from "../src/api/client";

const json = (status: number, body: unknown): Response =>
  new Response(JSON.stringify(body), { status });
const lost = (): Response => json(401, { detail: "Who are you?" });

describe("calls of the API", () => {
  let fetched: ReturnType<typeof vi.fn>;

  beforeEach(() => {
    document.head.innerHTML = '<meta name="csrf-token" content="one">';
    fetched = vi.fn();
    vi.stubGlobal("fetch", fetched);
  });

  afterEach(() => {
    onLostSession(null);
    vi.unstubAllGlobals();
  });

  it("repeats a call after the log-in, with the new CSRF key", async () => {
    fetched.mockResolvedValueOnce(lost()).mockResolvedValueOnce(json(200, { id: 7 }));
    onLostSession(async () => {
      document.querySelector("meta")?.setAttribute("content", "two");
      return true;
    });
    expect(await patchJson("/x/", { a: 1 })).toEqual({ id: 7 });
    const keys = fetched.mock.calls.map(([, init]) => init.headers["X-CSRFToken"]);
    expect(keys).toEqual(["one", "two"]);
    expect(fetched.mock.calls[1]?.[1].body).toBe('{"a":1}');
  });

  it("tells the error when the person closed the log-in", async () => {
    fetched.mockImplementation(async () => lost());
    onLostSession(async () => false);
    await expect(getJson("/x/")).rejects.toMatchObject({ problem: { status: 401 } });
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it("takes an old CSRF key for a lost session, a missing role not", async () => {
    const asked = vi.fn(async () => true);
    onLostSession(asked);
    fetched.mockResolvedValueOnce(json(403, { detail: "CSRF Failed: CSRF token incorrect." }));
    fetched.mockResolvedValueOnce(json(200, {}));
    await postForm("/x/", new FormData());
    expect(asked).toHaveBeenCalledTimes(1);
    fetched.mockResolvedValueOnce(json(403, { detail: "Your role does not allow this." }));
    await expect(getJson("/x/")).rejects.toBeInstanceOf(ApiError);
    expect(asked).toHaveBeenCalledTimes(1);
  });

  it("sends headers, and no body where there is none", async () => {
    fetched.mockResolvedValueOnce(new Response(null, { status: 204 }));
    expect(await deleteJson("/x/", { "If-Match": '"3"' })).toBeUndefined();
    const init = fetched.mock.calls[0]?.[1];
    expect(init).toMatchObject({ method: "DELETE", headers: { "If-Match": '"3"' } });
    expect("body" in init).toBe(false);
  });

  it("says that the server cannot be reached", async () => {
    fetched.mockRejectedValue(new TypeError("failed"));
    await expect(getJson("/x/")).rejects.toThrow("cannot be reached");
  });
});
