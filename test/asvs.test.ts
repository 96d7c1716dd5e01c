/** What docs/asvs.md claims: that no requirement is missing, that all it links to is there, and the rest. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSessionId } from '../src/sessions/record.ts';

const DIRECTORY = join(import.meta.dirname, '../docs');

/** Those of levels 1 and 2 in ASVS 5.0.0; 6.3.5 to 6.3.8 and others are of level 3. */
const LEVEL_1 = `
  6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1
  7.2.2 7.2.3 7.2.4 7.4.1 7.4.2`;
const LEVEL_2 = `
  6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4
  6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4 7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3
  7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2`;

const text = readFileSync(join(DIRECTORY, 'asvs.md'), 'utf8');
const rows = Array.from(
  text.matchAll(/^\| (\d\.\d+\.\d+) +\| (\d) +\| ([^|]+?) +\| ([^|]+?) +\| ([^|]+?) +\|$/gm),
  ([, id, level, requirement, state, why]) => ({ id, level, requirement, state, why: why! }),
);

const idsOf = (level: string) => rows.filter((row) => row.level === level).map(({ id }) => id);
const linksOf = (markdown: string) =>
  Array.from(markdown.matchAll(/\]\(([^)]+)\)/g), ([, link]) => link!);

const form = readFileSync(join(DIRECTORY, '../public/session-form.html'), 'utf8');

describe('the form for names and passwords', () => {
  const fields = Array.from(form.matchAll(/<input[^>]*>/g), ([tag]) => tag);
  const names = fields.map((field) => /name="([\w-]+)"/.exec(field)![1]!);

  it('asks for nothing else', () => {
    expect(names).toEqual(['username', 'password', 'new-password']);
  });

  it('masks passwords, and lets password managers fill them in', () => {
    for (const field of fields.filter((_, i) => names[i]!.endsWith('password'))) {
      expect(field).toMatch(/type="password"/);
      expect(field).toMatch(/autocomplete="(\{\{password\}\}|new-password)"/);
    }
    expect(form).not.toMatch(/<script|onpaste/);
  });
});

describe('the id of a session', () => {
  it('has 256 bits, and is another one each time', () => {
    const ids = Array.from({ length: 1000 }, () => createSessionId());

    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(Buffer.from(id, 'base64url')).toHaveLength(32);
  });
});

describe('the table of the ASVS', () => {
  it('has each requirement of levels 1 and 2 once', () => {
    expect(idsOf('1')).toEqual(LEVEL_1.trim().split(/\s+/));
    expect(idsOf('2')).toEqual(LEVEL_2.trim().split(/\s+/));
  });

  it('has no gap at level 1', () => {
    const gaps = rows.filter(({ level, state }) => level === '1' && state === 'deviation');

    expect(gaps).toEqual([]);
  });

  it.each(rows)('says of $id where it is met, or why not: $requirement', ({ state, why }) => {
    expect(['met', 'not applicable', 'deviation']).toContain(state);
    if (state === 'met') expect(linksOf(why)).not.toEqual([]);
    else expect(why).toMatch(/^[A-Z].*\./);
  });

  it('names a test for each requirement of level 1 that is met', () => {
    const untested = rows.filter(
      ({ level, state, why }) => level === '1' && state === 'met' && !why.includes('.test.ts'),
    );

    expect(untested).toEqual([]);
  });

  it('links to nothing that is not there', () => {
    const paths = linksOf(text).filter((link) => !link.startsWith('https://'));

    expect(paths.filter((path) => !existsSync(join(DIRECTORY, path)))).toEqual([]);
  });
});
