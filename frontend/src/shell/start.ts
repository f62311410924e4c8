import { Tour } from "../tour/tour";
import { byId } from "../ui/dom";
import { bindKeys, setSingleKeys, showKeys, singleKeysOn } from "../ui/keys";
import { tellSession } from "../ui/login_dialog";
import { registerCommand } from "../ui/palette";
import { toggleTheme } from "../ui/theme";
import { toast } from "../ui/toast";
import type { ShellData } from "./data";
import { Notifications } from "./notifications";
import { PaletteDialog } from "./palette_dialog";
import { keepPreference } from "./preferences";

export interface Shell {
  /** What the `data-action` of a button does. */
  act(name: string): void;
  /** Esc: true when something of the shell was closed. */
  leave(): boolean;
}

function showSingleKeys(): void {
  const toggle = document.querySelector('[data-action="single-keys"]');
  toggle?.setAttribute("aria-checked", String(singleKeysOn()));
  const word = toggle?.querySelector(".switch-state");
  if (word) word.textContent = singleKeysOn() ? "on" : "off";
}

function switchSingleKeys(): void {
  setSingleKeys(!singleKeysOn());
  void keepPreference("single_keys", singleKeysOn() ? "on" : "off");
  showSingleKeys();
  toast(`Single-letter keys are ${singleKeysOn() ? "on" : "off"}.`);
}

/** Palette, notifications, tour and the account menu of a page with the shell. */
export function startShell(data: ShellData): Shell {
  const kept = data.preferences.single_keys;
  if (kept) setSingleKeys(kept === "on");
  showSingleKeys();
  const palette = new PaletteDialog(data);
  const notifications = new Notifications(data);
  const tour = new Tour(data.demo, data.preferences.tour, (state) => {
    void keepPreference("tour", state);
  });
  const acts: Record<string, () => void> = {
    palette: () => palette.open(),
    tour: () => tour.start(),
    keys: showKeys,
    theme: () => void toggleTheme(),
    "single-keys": switchSingleKeys,
  };
  bindKeys([
    { key: "k", modifiers: ["ctrl"], label: "Search or run a command", run: () => palette.open() },
    { key: "?", label: "Keys of this page", run: showKeys },
  ]);
  const group = "Help";
  registerCommand({
    label: "Light or dark",
    group: "Actions",
    icon: "theme",
    words: "theme",
    run: () => void toggleTheme(),
  });
  registerCommand({
    label: "Notifications",
    group: "Actions",
    icon: "bell",
    run: () => void notifications.open(),
  });
  registerCommand({ label: "Keys of this page", group, icon: "help", keys: ["?"], run: showKeys });
  registerCommand({
    label: "Single-letter keys on or off",
    group,
    icon: "keyboard",
    run: switchSingleKeys,
  });
  if (data.demo)
    registerCommand({ label: "Take the tour", group, icon: "tour", run: () => tour.start() });
  registerCommand({
    label: "Log out",
    group: "Actions",
    icon: "leave",
    run: () => byId("account").querySelector<HTMLFormElement>('form[action*="logout"]')?.submit(),
  });
  tellSession();
  tour.resume();
  return { act: (name) => acts[name]?.(), leave: () => tour.leave() };
}
