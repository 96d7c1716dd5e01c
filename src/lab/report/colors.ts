/** The colours of plots and reports: the app's own, and eight for series such as instances. */

/** The first eight are those of `public/assets/styles/colors.css`. */
export const LIGHT = {
  card: '#ffffff',
  ink: '#1f1b18',
  pencil: '#665e57',
  line: '#e4ded7',
  groove: '#f0ebe5',
  red: '#a3261d',
  green: '#1d6b3a',
  blue: '#2c62a8',
  clay: '#d9897f', // a paler red
  'series-0': '#2c62a8',
  'series-1': '#7dafdd',
  'series-2': '#1f7f86',
  'series-3': '#86c5c3',
  'series-4': '#5d4e9e',
  'series-5': '#aea3da',
  'series-6': '#1d6b3a',
  'series-7': '#90c4a1',
};

export type ColorName = keyof typeof LIGHT;

export const DARK: Record<ColorName, string> = {
  card: '#211d1a',
  ink: '#f2ede8',
  pencil: '#b3a89e',
  line: '#3a342f',
  groove: '#332d29',
  red: '#ff8a7d',
  green: '#7dd89b',
  blue: '#86b7f3',
  clay: '#a34f45',
  'series-0': '#86b7f3',
  'series-1': '#4a77ad',
  'series-2': '#74cfd1',
  'series-3': '#3c8488',
  'series-4': '#bcadf2',
  'series-5': '#76689f',
  'series-6': '#7dd89b',
  'series-7': '#428a5c',
};

const SERIES = 8;

/** The CSS variable of a colour, light or dark as the page around it. */
export function color(name: ColorName): string {
  return `var(--${name})`;
}

/** The colour of the nth series. Colours repeat after eight. */
export function seriesColor(n: number): string {
  return color(`series-${n % SERIES}` as ColorName);
}

/** CSS that gives the variables their values. */
export function declareColors(colors: Record<ColorName, string>): string {
  return Object.entries(colors)
    .map(([name, value]) => `--${name}: ${value};`)
    .join('\n');
}
