/** Formats numbers for people: thousands apart, and no more digits than matter. */

const ROUND = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function formatCount(value: number): string {
  return ROUND.format(value);
}

/** Formats milliseconds: `0.42`, `8.1`, `1,204`. */
export function formatLatency(milliseconds: number): string {
  if (milliseconds < 1) return milliseconds.toFixed(2);
  return milliseconds < 9.95 ? milliseconds.toFixed(1) : formatCount(milliseconds);
}

/** `1 request`, `2 requests`. */
export function count(amount: number, noun: string): string {
  return `${formatCount(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}
