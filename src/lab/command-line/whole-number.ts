/** Reads the number of an option. Throws a sentence that names both when it is not within bounds. */
export function readWholeNumber(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text.trim()) && number >= least && number <= most) return number;
  throw new Error(`--${option} is a whole number from ${least} to ${most}, and not "${text}".`);
}
