/**
 * Files that say what comes out; `UPDATE_GOLDEN=1 npx jest …` writes them anew, to be looked at.
 * Nobody looks at them in CI, so that it is refused there.
 */
import { readFileSync, writeFileSync } from 'node:fs';

export function expectGolden(path: string, actual: string): void {
  const { UPDATE_GOLDEN, CI } = process.env;
  if (UPDATE_GOLDEN && CI) throw new Error('UPDATE_GOLDEN is not for CI: it would pass any text.');
  if (UPDATE_GOLDEN) writeFileSync(path, actual);
  expect(actual).toBe(readFileSync(path, 'utf8'));
}
