import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DARK, LIGHT } from '../../../src/lab/report/colors.ts';

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
});

function readColors(css: string): Record<string, string> {
  return Object.fromEntries([...css.matchAll(/--(\w+): (#\w+)/g)].map(([, ...pair]) => pair));
}
