import type { Statistic } from "./data";

const GROUPS: Record<string, Record<string, string>> = {
  Level: {
    p010: "10th percentile: low, but no outlier",
    p025: "25th percentile",
    p050: "median",
    p075: "75th percentile",
    p090: "90th percentile: high, but no outlier",
    mean: "mean",
    min: "lowest value",
    max: "highest value",
  },
  Spread: {
    std: "standard deviation",
    range: "highest less lowest value",
    iqr: "75th less 25th percentile",
    "p090-p010": "90th less 10th percentile",
  },
  Season: {
    doy_of_max: "day of the year of the highest value",
    doy_of_min: "day of the year of the lowest value",
    amplitude: "size of a yearly wave fitted to the series",
    phase: "when that wave is highest",
  },
  Change: {
    maxmean: "highest mean of 30 days",
    dif_max: "greatest rise from 30 days to the next 30",
    dif_min: "greatest fall from 30 days to the next 30",
    difdif_mean: "greatest rise less greatest fall",
  },
  Data: { count_valid: "number of valid dates" },
};

export interface StatisticWord extends Statistic {
  meaning: string;
}

/** The statistics by what they tell; those without words of ours come last. */
export function grouped(statistics: readonly Statistic[]): [string, StatisticWord[]][] {
  const left = new Map(statistics.map((row) => [row.name, row]));
  const groups: [string, StatisticWord[]][] = [];
  for (const [title, words] of Object.entries(GROUPS)) {
    const rows: StatisticWord[] = [];
    for (const [name, meaning] of Object.entries(words)) {
      const row = left.get(name);
      if (row) rows.push({ ...row, meaning });
      left.delete(name);
    }
    if (rows.length) groups.push([title, rows]);
  }
  const others = [...left.values()].map((row) => ({ ...row, meaning: "" }));
  return others.length ? [...groups, ["Other", others]] : groups;
}
