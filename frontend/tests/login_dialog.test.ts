import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { recoverSession } from "../src/ui/login_dialog";

const session = (authenticated: boolean, token: string): Response =>
  new Response(
    JSON.stringify({ authenticated, username: authenticated ? "anna" : "", csrf_token: token }),
  );
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("a lost session", () => {
  let fetched: ReturnType<typeof vi.fn>;

  beforeEach(() => {
    document.head.innerHTML =
      '<meta name="csrf-token" content="old"><meta name="person" content="anna">';
    document.body.innerHTML = "";
    fetched = vi.fn(async () => session(false, "guest"));
    vi.stubGlobal("fetch", fetched);
  });

  afterEach(() => vi.unstubAllGlobals());

  const key = (): string | undefined =>
    document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content;

  it("needs only the new key when another tab has logged in", async () => {
    fetched.mockImplementation(async () => session(true, "fresh"));
    expect(await recoverSession()).toBe(true);
    expect(key()).toBe("fresh");
    expect(document.querySelector("dialog")).toBeNull();
  });

  it("asks once for calls that fail together, and goes on after the log-in", async () => {
    const both = Promise.all([recoverSession(), recoverSession()]);
    await settle();
    expect(document.querySelectorAll("dialog")).toHaveLength(1);
    const password = document.querySelector<HTMLInputElement>('input[type="password"]');
    if (password) password.value = "secret";
    fetched.mockImplementation(async (_: string, init?: RequestInit) =>
      init?.method === "POST" ? session(true, "fresh") : session(false, "guest"),
    );
    document.querySelector("form")?.requestSubmit();
    expect(await both).toEqual([true, true]);
    expect(key()).toBe("fresh");
    const sent = fetched.mock.calls.find(([, init]) => init?.method === "POST");
    expect(sent?.[1].headers["X-CSRFToken"]).toBe("guest");
    expect(JSON.parse(sent?.[1].body)).toEqual({ username: "anna", password: "secret" });
  });

  it("closes by itself when the person has logged in elsewhere", async () => {
    const back = recoverSession();
    await settle();
    expect(document.querySelector("dialog")).not.toBeNull();
    fetched.mockImplementation(async () => session(true, "fresh"));
    window.dispatchEvent(new Event("focus"));
    expect(await back).toBe(true);
    expect(document.querySelector("dialog")).toBeNull();
  });

  it("is given up when the dialog is closed", async () => {
    const back = recoverSession();
    await settle();
    document.querySelector("dialog")?.close();
    expect(await back).toBe(false);
  });
});
