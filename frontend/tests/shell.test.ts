import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ShellData } from "../src/shell/data";
import { closeMenus, watchMenus } from "../src/shell/menus";
import { ago, News, type Notice } from "../src/shell/news";
import { listed, offerOfHit, placesOf, stepped } from "../src/shell/offers";
import { cardPlace, invitation, STEPS, stepHere } from "../src/tour/steps";
import { showProblem } from "../src/ui/api_form";
import { whileBusy } from "../src/ui/busy";
import { closeDrawer, watchDrawers } from "../src/ui/drawer";
import { watchTabs } from "../src/ui/tabs";

const data: ShellData = {
  user: "u",
  project: { id: "p", name: "Forest", role: "producer" },
  pages: [
    { word: "Board", url: "/projects/p/" },
    { word: "Jobs", url: "/projects/p/jobs/" },
  ],
  new: [],
  launch: [{ word: "Train and map", url: "/projects/p/launch/train_and_map/" }],
  projects: [{ name: "Grassland", url: "/projects/g/" }],
  unread: 0,
  seq: 0,
  preferences: {},
  demo: "/projects/demo/",
};

describe("palette offers", () => {
  it("lead to pages, projects and launches of the person's role", () => {
    const went: string[] = [];
    const offers = placesOf(data, (url) => went.push(url));
    listed(offers, [], "train")[0]?.run();
    listed(offers, [], "grass")[0]?.run();
    expect(went).toEqual(["/projects/p/launch/train_and_map/", "/projects/g/"]);
    const viewer = placesOf({ ...data, launch: [] }, () => {});
    expect(listed(viewer, [], "train")).toEqual([]);
  });

  it("keep groups together and put what the server found last", () => {
    const hit = offerOfHit({ kind: "scene", name: "S2A_1", hint: "2018", url: "/x/" }, () => {});
    const rows = listed(
      placesOf(data, () => {}),
      [hit],
      "",
    );
    const groups = rows.map((row) => row.group);
    const first = groups.filter((group, at) => group !== groups[at - 1]);
    expect(new Set(first).size).toBe(first.length);
    expect(rows.at(-1)?.hint).toBe("scene · 2018");
  });

  it("are walked in a circle", () => {
    expect(stepped(0, -1, 3)).toBe(2);
    expect(stepped(2, 1, 3)).toBe(0);
    expect(stepped(-1, 1, 0)).toBe(-1);
  });
});

describe("news", () => {
  const notice = (id: string): Notice => ({
    id,
    kind: "job_ended",
    tone: "good",
    text: "Done.",
    url: "/jobs/1/",
    project: null,
    created_at: "2026-01-01T10:00:00Z",
    read_at: null,
  });

  it("counts what comes, once, and what was read elsewhere", () => {
    const news = new News(2);
    const message = { type: "notification", seq: 5, ...notice("a") };
    expect(news.take(message)?.id).toBe("a");
    expect(news.take(message)).toBeNull();
    expect(news.unread).toBe(3);
    news.take({ type: "notifications_read", seq: 6, ids: ["a"], unread: 2 });
    expect(news.unread).toBe(2);
    expect(news.notices[0]?.read_at).not.toBeNull();
  });

  it("says when, in words that do not age badly", () => {
    const now = new Date("2026-01-01T12:00:00Z");
    expect(ago("2026-01-01T11:59:40Z", now)).toBe("now");
    expect(ago("2026-01-01T11:48:00Z", now)).toBe("12 min ago");
    expect(ago("2026-01-01T09:00:00Z", now)).toBe("3 h ago");
    expect(ago("2025-12-24T09:00:00Z", now)).toBe("24 Dec");
  });
});

describe("tour", () => {
  it("shows a step only on its page", () => {
    expect(stepHere("/projects/demo/", "/projects/demo/", 0)).toBe(0);
    expect(stepHere("/projects/demo/", "/projects/other/", 0)).toBeNull();
    expect(stepHere("/projects/demo/", "/projects/demo/scenes/", 1)).toBe(1);
    expect(stepHere("/projects/demo/", "/projects/demo/", STEPS.length)).toBeNull();
  });

  it("invites newcomers of the demo, and who strayed from it", () => {
    const demo = "/projects/demo/";
    expect(invitation(demo, "/", null, undefined)).toBe("first");
    expect(invitation(demo, "/", null, "seen")).toBeNull();
    expect(invitation(demo, "/projects/x/", null, undefined)).toBeNull();
    expect(invitation("", "/", null, undefined)).toBeNull();
    expect(invitation(demo, "/projects/demo/jobs/", 2, "seen")).toBe("continue");
  });

  it("keeps its card inside the window", () => {
    const card = { width: 340, height: 200 };
    const phone = { width: 390, height: 844 };
    for (const box of [
      { left: 0, top: 0, width: 390, height: 844 },
      { left: 300, top: 790, width: 80, height: 50 },
      { left: 0, top: 48, width: 64, height: 796 },
    ]) {
      const place = cardPlace(box, card, phone);
      expect(place.left).toBeGreaterThanOrEqual(12);
      expect(place.left + card.width).toBeLessThanOrEqual(390 - 12);
      expect(place.top).toBeGreaterThanOrEqual(12);
      expect(place.top + card.height).toBeLessThanOrEqual(844 - 12);
    }
  });
});

describe("parts of the page", () => {
  beforeEach(() => {
    document.body.innerHTML = "";
  });

  it("show errors at their fields and keep what was typed", () => {
    document.body.innerHTML = `<form><div class="field"><label for="n">Name</label>
      <input id="n" name="name" value="typed"></div><div data-form-errors></div></form>`;
    const form = document.querySelector("form") as HTMLFormElement;
    const problem = { status: 400, title: "Bad", detail: "Not valid." };
    showProblem(form, { ...problem, errors: { name: ["Taken."], grid: ["Wrong."] } });
    const field = document.querySelector("input");
    expect(field?.value).toBe("typed");
    const note = document.getElementById(field?.getAttribute("aria-describedby") ?? "");
    expect(note?.textContent).toBe("Taken.");
    expect(document.querySelector("[data-form-errors]")?.textContent).toContain("grid: Wrong.");
    showProblem(form, problem);
    expect(field?.hasAttribute("aria-invalid")).toBe(false);
    expect(document.querySelectorAll(".error")).toHaveLength(0);
  });

  it("run an act once while it is under way", async () => {
    const button = document.createElement("button");
    let finish = (): void => {};
    const act = vi.fn(() => new Promise<void>((resolve) => (finish = resolve)));
    const first = whileBusy(button, act);
    await whileBusy(button, act);
    expect(act).toHaveBeenCalledTimes(1);
    expect(button.getAttribute("aria-busy")).toBe("true");
    finish();
    await first;
    expect(button.hasAttribute("aria-busy")).toBe(false);
  });

  it("walk through a menu by arrows and find a project in it", () => {
    document.body.innerHTML = `<details class="menu" open><summary>S</summary><div class="menu-panel">
      <input data-filter-menu><p data-filter-empty hidden></p>
      <a href="#a" data-filter-text="Forest">Forest</a>
      <a href="#b" data-filter-text="Grassland">Grassland</a></div></details>`;
    watchMenus();
    const field = document.querySelector("input") as HTMLInputElement;
    field.value = "grass";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.focus();
    field.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true }));
    expect(document.activeElement?.textContent).toBe("Grassland");
    closeMenus();
    expect(document.querySelector("details")?.open).toBe(false);
  });

  it("open a drawer and give the focus back", () => {
    document.body.innerHTML = `<button data-drawer="x">Panel</button><aside id="x" class="drawer"></aside>`;
    watchDrawers();
    const opener = document.querySelector("button") as HTMLButtonElement;
    opener.click();
    expect(opener.getAttribute("aria-expanded")).toBe("true");
    expect(closeDrawer()).toBe(true);
    expect(document.activeElement).toBe(opener);
    expect(closeDrawer()).toBe(false);
  });

  it("change tabs by arrow keys", () => {
    document.body.innerHTML = `<div role="tablist">
      <button role="tab" id="t1" aria-controls="p1" aria-selected="true">A</button>
      <button role="tab" id="t2" aria-controls="p2" tabindex="-1">B</button></div>
      <div id="p1" role="tabpanel"></div><div id="p2" role="tabpanel" hidden></div>`;
    watchTabs();
    const first = document.getElementById("t1") as HTMLElement;
    first.focus();
    first.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", bubbles: true }));
    expect(document.activeElement?.id).toBe("t2");
    expect(document.getElementById("p1")?.hidden).toBe(true);
    expect(document.getElementById("p2")?.hidden).toBe(false);
  });
});
