/** What the command palette offers beside the pages of the site; no drawing here. */
export interface Command {
  label: string;
  run(): void;
  /** Words shown as key caps: ["Ctrl", "K"]. */
  keys?: string[];
  group?: string;
  hint?: string;
  icon?: string;
  /** Other words that find it. */
  words?: string;
}

const commands: Command[] = [];

/** Offers an action in the palette (Ctrl+K); the answer takes it back. */
export function registerCommand(command: Command): () => void {
  commands.push(command);
  return () => {
    const at = commands.indexOf(command);
    if (at >= 0) commands.splice(at, 1);
  };
}

export function registeredCommands(): readonly Command[] {
  return commands;
}

const folded = (text: string): string => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** How well a command fits what was typed: 0 not at all; beginnings of words count most. */
export function fitness(command: Pick<Command, "label" | "hint" | "words">, query: string): number {
  const wanted = folded(query).split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return 1;
  const label = folded(command.label);
  const rest = folded(`${command.words ?? ""} ${command.hint ?? ""}`);
  let score = 0;
  for (const word of wanted) {
    if (label.startsWith(word)) score += 4;
    else if (new RegExp(`\\b${word.replace(/[^\p{L}\p{N}]/gu, "\\$&")}`, "u").test(label))
      score += 3;
    else if (label.includes(word)) score += 2;
    else if (rest.includes(word)) score += 1;
    else return 0;
  }
  return score;
}

/** The commands that fit, best first; equal ones keep their order. */
export function ranked<T extends Pick<Command, "label" | "hint" | "words">>(
  offered: readonly T[],
  query: string,
  limit = 40,
): T[] {
  return offered
    .map((command, at) => ({ command, at, score: fitness(command, query) }))
    .filter((row) => row.score > 0)
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .slice(0, limit)
    .map((row) => row.command);
}
