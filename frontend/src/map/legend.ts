export interface ClassAmount {
  code: number;
  km2?: number;
  share?: number;
}

/** `layers/{id}/statistics/`: areas by class for class layers, else a range and a histogram. */
export interface Statistics {
  classes?: { code: number; area_km2: number; share: number }[];
  unclassifiable?: { pixels: number; area_km2: number };
}

/** Area and share of each class of a layer. */
export function amountsOf(statistics: Statistics | null): Map<number, ClassAmount> {
  const rows = statistics?.classes ?? [];
  return new Map(
    rows.map(({ code, area_km2, share }) => [code, { code, km2: area_km2, share }] as const),
  );
}
