/** The few statistics of the report. */

export interface Spread {
  median: number;
  minimum: number;
  maximum: number;
}

/** The middle value; of an even number of values, the mean of the middle two. NaN of none. */
export function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const below = sorted[Math.ceil(sorted.length / 2) - 1] ?? NaN;
  const above = sorted[Math.floor(sorted.length / 2)] ?? NaN;
  return (below + above) / 2;
}

export function spread(values: number[]): Spread {
  return { median: median(values), minimum: Math.min(...values), maximum: Math.max(...values) };
}

/** Each value divided by the base's value of the same round: what drifts with time cancels out. */
export function ratios(values: number[], base: number[]): number[] {
  return values.map((value, round) => value / (base[round] ?? NaN));
}

/** As the tables show a spread. */
export function formatRange({ median, minimum, maximum }: Spread): string {
  const [figure, least, most] = [median, minimum, maximum].map(round);
  return `${figure} (${least} to ${most})`;
}

/** Two decimals for ratios and microseconds, none for megabytes and milliseconds. */
function round(value: number): string {
  return value.toFixed(value < 20 ? 2 : 0);
}
