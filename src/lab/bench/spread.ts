/** A spread as the tables show it. */
import type { Spread } from './statistics.ts';

export function formatRange({ median, minimum, maximum }: Spread): string {
  const [figure, least, most] = [median, minimum, maximum].map(round);
  return `${figure} (${least} to ${most})`;
}

/** Two decimals for ratios and microseconds, none for megabytes and milliseconds. */
function round(value: number): string {
  return value.toFixed(value < 20 ? 2 : 0);
}
