/** README.ko.md leads through the same chapters by the same commands as README.md. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const [english, korean] = ['README.md', 'README.ko.md'].map((name) =>
  readFileSync(join(ROOT, name), 'utf8'),
) as [string, string];

const findAll = (text: string, pattern: RegExp) =>
  Array.from(text.matchAll(pattern), ([, found]) => found);

/** The lines of all blocks of code, without their comments. */
function listCommands(text: string): string[] {
  return findAll(text, /^```\w*\n(.*?)^```/gms).flatMap((block) =>
    block!.split('\n').map((line) => line.replace(/\s*#.*/, '')),
  );
}

describe('README.ko.md', () => {
  it('is linked with README.md in the first line of both', () => {
    for (const text of [english, korean])
      expect(text).toMatch(/^\[English\]\(README\.md\) · \[한국어\]\(README\.ko\.md\)\n/);
  });

  it('has the same commands, line by line', () => {
    expect(listCommands(korean)).toEqual(listCommands(english));
  });

  it('has the same chapters, pictures, links and rows of tables', () => {
    expect(findAll(korean, /^(#+) /gm)).toEqual(findAll(english, /^(#+) /gm));
    for (const pattern of [/\]\(([^)]+)\)/g, /(?:src|srcset)="([^"]+)"/g, /^\| (\d{3} `)/gm])
      expect(findAll(korean, pattern)).toEqual(findAll(english, pattern));
  });

  it('shows the same commands within sentences', () => {
    const commands = /`((?:npm run|cf|curl) [^`]+)`/g;
    expect(findAll(korean, commands)).toEqual(findAll(english, commands));
  });

  it('is written in the plain style', () => {
    expect(korean).not.toMatch(/(니다|세요|시오)[.:\n]/);
  });
});
