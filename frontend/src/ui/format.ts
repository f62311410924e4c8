const THIN = "\u202f";
const EN_DASH = " – ";

export function count(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

export function percent(fraction: number, digits = 1): string {
  return `${(fraction * 100).toFixed(digits)}${THIN}%`;
}

/** Seconds as a person says them: 40 s, 6 min, 1:10 h. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return "–";
  if (seconds < 90) return `${Math.round(seconds)}${THIN}s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)}${THIN}min`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}${THIN}h`;
}

export function durationBand(low: number, high: number): string {
  const [a, b] = [duration(low), duration(high)];
  if (a === b) return a;
  const [first, unitA] = a.split(THIN);
  const unitB = b.split(THIN)[1];
  return unitA === unitB ? `${first}${EN_DASH}${b}` : `${a}${EN_DASH}${b}`;
}

export function bytes(value: number): string {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let power = 0;
  let rest = value;
  while (rest >= 1000 && power < units.length - 1) {
    rest /= 1000;
    power += 1;
  }
  return `${power === 0 || rest >= 100 ? Math.round(rest) : rest.toFixed(1)}${THIN}${units[power]}`;
}

/** Square kilometres for a column of a table: as many digits in each row. */
export function squareKm(km2: number): string {
  const digits = km2 >= 1000 ? 0 : 2;
  return km2.toLocaleString("en-US", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}

export function area(km2: number): string {
  const digits = km2 >= 100 ? 0 : km2 >= 1 ? 2 : 4;
  return `${km2.toLocaleString("en-US", { maximumFractionDigits: digits })}${THIN}km²`;
}

export function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString("en-GB");
}
