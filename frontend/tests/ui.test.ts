import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { apiCallButton, callText, pythonOf, watchApiCalls } from "../src/ui/api_call";
import { confirmDialog, openDialog } from "../src/ui/dialog";
import { element } from "../src/ui/dom";
import { bindKeys, handleKey, keyWords, matches, setSingleKeys, showKeys } from "../src/ui/keys";
import { ranked, registerCommand, registeredCommands } from "../src/ui/palette";
import { readState, writeState } from "../src/ui/permalink_state";
import { toast } from "../src/ui/toast";

const button = (label: string): HTMLButtonElement => {
  const all = [...document.querySelectorAll("button")];
  const found = all.find((node) => node.textContent === label);
  if (!found) throw new Error(`no button ${label}`);
  return found;
};

beforeEach(() => {
  document.body.innerHTML = "";
  localStorage.clear();
});

describe("dialogs", () => {
  it("names the question and gives the focus back", () => {
    const opener = element("button", {}, "Open");
    document.body.append(opener);
    opener.focus();
    const closed = vi.fn();
    const { dialog, close } = openDialog({ title: "Why?", body: new Text("So."), onClose: closed });
    const title = document.getElementById(dialog.getAttribute("aria-labelledby") ?? "");
    expect(title?.textContent).toBe("Why?");
    expect(dialog.open).toBe(true);
    close();
    expect(document.querySelector("dialog")).toBeNull();
    expect(document.activeElement).toBe(opener);
    expect(closed).toHaveBeenCalledOnce();
  });

  it("answers a question by the named act, and no otherwise", async () => {
    const yes = confirmDialog({ title: "Cancel the job?", act: "Cancel job", destructive: true });
    expect(document.activeElement?.textContent).toBe("Go back");
    button("Cancel job").click();
    expect(await yes).toBe(true);
    const no = confirmDialog({ title: "Again?", act: "Do it", keep: "Keep running" });
    document.querySelector("dialog")?.close();
    expect(await no).toBe(false);
  });
});

describe("toasts", () => {
  afterEach(() => vi.useRealTimers());

  it("stay eight seconds, longer under the pointer, and carry one action", () => {
    vi.useFakeTimers();
    const undo = vi.fn();
    toast("Deleted.", "good", { label: "Undo", run: undo });
    toast("Saved.");
    document.querySelector(".toast")?.dispatchEvent(new Event("pointerenter"));
    vi.advanceTimersByTime(9000);
    expect(document.querySelectorAll(".toast")).toHaveLength(1);
    button("Undo").click();
    expect(undo).toHaveBeenCalledOnce();
    expect(document.querySelectorAll(".toast")).toHaveLength(0);
  });
});

describe("show as API call", () => {
  const call = { method: "POST", path: "/api/v1/jobs/", body: { name: "it's", on: true, n: null } };

  it("writes HTTP, curl that a shell can take, and Python", () => {
    expect(callText(call, "HTTP", "http://x:1")).toContain(
      "POST /api/v1/jobs/ HTTP/1.1\nHost: x:1",
    );
    expect(callText(call, "curl", "http://x")).toContain(`"it'\\''s"`);
    expect(pythonOf(call.body)).toBe('{\n    "name": "it\'s",\n    "on": True,\n    "n": None,\n}');
    expect(callText({ method: "GET", path: "/a/" }, "Python", "http://x")).not.toContain("json=");
  });

  it("asks for the call when pressed, and works for buttons of templates", () => {
    let at = 0;
    const live = apiCallButton(() => {
      at += 1;
      return { method: "GET", path: `/api/v1/layers/${at}/` };
    });
    const written = element("button", { "data-api-call": '{"method":"GET","path":"/api/v1/b/"}' });
    document.body.append(live, written);
    watchApiCalls();
    live.click();
    expect(document.querySelector("dialog pre")?.textContent).toContain("/layers/1/");
    document.querySelector("dialog")?.close();
    written.click();
    expect(document.querySelector("dialog pre")?.textContent).toContain("GET /api/v1/b/");
  });
});

describe("keys", () => {
  const press = (key: string, more: KeyboardEventInit = {}, target: Element = document.body) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more });
    target.dispatchEvent(event);
    return event;
  };
  let unbind: () => void;
  let run: ReturnType<typeof vi.fn<() => void>>;

  beforeEach(() => {
    run = vi.fn<() => void>();
    unbind = bindKeys([
      { key: "z", label: "Draw", run },
      { key: "k", modifiers: ["ctrl"], label: "Find", run },
    ]);
    document.addEventListener("keydown", handleKey);
  });

  afterEach(() => {
    unbind();
    document.removeEventListener("keydown", handleKey);
  });

  it("leave single letters to fields, and can be switched off; Ctrl keys always work", () => {
    const field = element("input");
    document.body.append(field);
    press("z");
    press("z", {}, field);
    expect(run).toHaveBeenCalledTimes(1);
    press("k", { metaKey: true }, field);
    expect(run).toHaveBeenCalledTimes(2);
    setSingleKeys(false);
    press("z");
    expect(run).toHaveBeenCalledTimes(2);
  });

  it("tell z from Shift+Z, and take signs with the Shift they need", () => {
    expect(matches({ key: "z" }, new KeyboardEvent("keydown", { key: "Z", shiftKey: true }))).toBe(
      false,
    );
    expect(matches({ key: "?" }, new KeyboardEvent("keydown", { key: "?", shiftKey: true }))).toBe(
      true,
    );
    expect(keyWords({ key: "ArrowLeft", modifiers: ["shift"] })).toEqual(["Shift", "←"]);
  });

  it("are listed in the help", () => {
    showKeys();
    expect(document.querySelector("dialog")?.textContent).toContain("Draw");
  });
});

describe("palette", () => {
  it("finds by beginnings of words, without accents, best first", () => {
    const rows = ["Samples", "Job samples", "Example", "Área"].map((label) => ({ label }));
    expect(ranked(rows, "sam").map((row) => row.label)).toEqual(["Samples", "Job samples"]);
    expect(ranked(rows, "area").map((row) => row.label)).toEqual(["Área"]);
    expect(ranked(rows, "")).toHaveLength(4);
  });

  it("takes commands and gives them back", () => {
    const remove = registerCommand({ label: "Fly", run: () => {} });
    expect(registeredCommands().map((command) => command.label)).toContain("Fly");
    remove();
    expect(registeredCommands().map((command) => command.label)).not.toContain("Fly");
  });
});

describe("permalink state", () => {
  it("changes its own parts of the address only", () => {
    history.replaceState(null, "", "/projects/p/map/?layer=a&view=8/45/26");
    writeState({ layer: null, point: "45.1/26.2", empty: "" });
    expect(location.search).toBe("?view=8/45/26&point=45.1/26.2");
    expect(readState().get("point")).toBe("45.1/26.2");
  });
});
