/** Files that say what comes out; `UPDATE_GOLDEN=1 npx jest …` writes them anew, to be looked at. */
import { readFileSync, writeFileSync } from 'node:fs';

export function expectGolden(path: string, actual: string): void {
  if (process.env.UPDATE_GOLDEN) writeFileSync(path, actual);
  expect(actual).toBe(readFileSync(path, 'utf8'));
}
