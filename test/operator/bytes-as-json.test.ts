/** How bytes of Redis, names of keys and their prefixes are shown to the operator. */
import { isWhole, toText } from '../../public/assets/scripts/operator/parts.js';
import { countOwn } from '../../src/operator/own-keys.ts';
import { readShown, showAll, showElement, toPath } from '../../src/operator/bytes-as-json.ts';
import { growTree, takeSample } from '../../src/operator/tree.ts';

const LONGEST = 4096;

describe('an element', () => {
  it('of 4 KB is shown in full, and of a longer one the first 4 KB', () => {
    expect(showElement(Buffer.alloc(LONGEST, 'x'))).toBe('x'.repeat(LONGEST));
    const part = { text: 'x'.repeat(LONGEST), bytes: LONGEST + 1 };
    expect(showElement(Buffer.alloc(LONGEST + 1, 'x'))).toEqual(part);
  });

  it('is not cut within a character', () => {
    const text = `${'x'.repeat(LONGEST - 1)}€`;
    expect(showElement(Buffer.from(text))).toEqual({
      text: 'x'.repeat(LONGEST - 1),
      bytes: LONGEST + 2,
    });
  });

  it('is not cut within a character of four bytes, wherever the 4 KB end', () => {
    for (const before of [1, 2, 3]) {
      const text = 'x'.repeat(LONGEST - before);
      expect(showElement(Buffer.from(`${text}😀`))).toMatchObject({ text });
    }
  });

  it('that is long and no text says how long it is as well', () => {
    expect(showElement(Buffer.alloc(5000, 0xff))).toEqual({
      hex: 'ff'.repeat(LONGEST),
      bytes: 5000,
    });
  });
});

describe('what is shown', () => {
  it.each([Buffer.from(''), Buffer.from('ü'), Buffer.from([0xff, 0])])(
    'is read as the same: %j',
    (bytes) => {
      expect(readShown(showAll(bytes))).toEqual(bytes);
    },
  );

  it('may have its hexadecimal digits in upper case', () => {
    expect(readShown({ hex: 'FFa0' })).toEqual(Buffer.from([0xff, 0xa0]));
  });

  it.each([7, null, {}, { hex: 7 }, { hex: 'f' }, { hex: 'fg' }])('is never %j', (shown) => {
    expect(readShown(shown)).toBeNull();
  });
});

describe('on the page', () => {
  it.each([
    ['a text', 'a text', true],
    ['(empty)', '', true],
    ['the beginning', { text: 'the beginning', bytes: 5000 }, false],
    ['(empty)', { text: '', bytes: 5000 }, false],
    ['0xff00', { hex: 'ff00' }, true],
    ['0xff', { hex: 'ff', bytes: 5000 }, false],
  ])('%j stands for %j', (text, shown, isAll) => {
    expect([toText(shown), isWhole(shown)]).toEqual([text, isAll]);
  });
});

describe('the path of a key', () => {
  it.each([
    ['user:1', '/operator/keys/user%3a1'],
    ['a-b_c~d', '/operator/keys/a-b_c~d'],
    ['ü', '/operator/keys/%c3%bc'],
    ['...', '/operator/keys/%2e%2e%2e'],
    ['.', null],
    ['..', null],
  ])('%s is %s', (key, path) => {
    expect(toPath(Buffer.from(key))).toBe(path);
  });
});

describe("the app's own keys", () => {
  it.each([
    ['s:handle', 'sessions'],
    ['u:account', 'lists of sessions'],
    ['a:alice', 'accounts'],
    ['tn:alice', 'counters of sign-ins'],
    ['t:oa:address', 'counters of sign-ins'],
    ['instances', 'instances'],
    ['probe:1', 'probes'],
    ['instances-of-another', 'others'],
  ])('%s are counted as %s', (name, kind) => {
    const keys = [`_app:${name}`, name, `x_app:${name}`, `_app:${name}`];
    expect(countOwn(keys.map((key) => Buffer.from(key)))).toEqual({ [kind]: 2 });
  });
});

describe('a tree', () => {
  const grow = (sizes: Record<string, number | null>, prefix = '') =>
    growTree(
      Object.entries(sizes).map(([key, memory]) => ({ key: Buffer.from(key), memory })),
      prefix,
    );

  it('has the branches with the most keys first', () => {
    const branches = grow({ alone: 50, 'a:1': 50, 'b:1': 50, 'b:2': 50 });
    expect(branches.map(({ prefix, path, keys }) => [prefix, path, keys])).toEqual([
      ['b:', null, 2],
      ['alone', '/operator/keys/alone', 1],
      ['a:', null, 1],
    ]);
  });

  it('has 200 branches at most', () => {
    const names = Array.from({ length: 201 }, (_, i) => [`key-${i}`, null]);
    expect(grow(Object.fromEntries(names))).toHaveLength(200);
    expect(grow(Object.fromEntries(names.slice(1)))).toHaveLength(200);
  });

  it('estimates the memory of a branch by a sample, and says nothing without one', () => {
    const sizes = { 'a:1': 100, 'a:2': 200, 'a:3': null, 'a:4': null, 'b:1': null };
    expect(grow(sizes).map(({ memory }) => memory)).toEqual([600, null]);
  });

  it('goes on behind a prefix whose characters take several bytes', () => {
    expect(grow({ 'ü:a:1': 50, 'ü:a:2': 50 }, 'ü:')).toMatchObject([{ prefix: 'ü:a:', keys: 2 }]);
  });

  it('has two keys of each branch in its sample', () => {
    const keys = ['a:1', 'a:2', 'a:3', 'b:1', 'alone'].map((key) => Buffer.from(key));
    expect(takeSample(keys, '').map(String)).toEqual(['a:1', 'a:2', 'b:1', 'alone']);
  });
});
