import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DARK, LIGHT, seriesColor } from '../../../src/lab/report/colors.ts';

const STYLES = join(import.meta.dirname, '../../../public/assets/styles/colors.css');

const [light, dark] = readFileSync(STYLES, 'utf8').split('@media').map(readColors);

describe('the colours of reports', () => {
  it.each(['card', 'ink', 'pencil', 'line', 'groove', 'red', 'green', 'blue'] as const)(
    'have the %s of the page',
    (name) => {
      expect(light![name]).toBe(LIGHT[name]);
      expect(dark![name]).toBe(DARK[name]);
    },
  );

  it('differ for eight series, and then repeat', () => {
    const colors = Array.from({ length: 9 }, (_, i) => seriesColor(i));
    expect(new Set(colors.slice(0, 8)).size).toBe(8);
    expect(colors[8]).toBe(colors[0]);
  });
});

function readColors(css: string): Record<string, string> {
  return Object.fromEntries([...css.matchAll(/--(\w+): (#\w+)/g)].map(([, ...pair]) => pair));
}
