/** What is read of a record in Redis, whoever wrote it. */
import {
  applyChanges,
  findChanges,
  formatRecord,
  isSessionId,
  parseRecord,
} from '../../src/sessions/record.ts';

const RECORD = {
  startedAt: 1000,
  endsAt: 61_000,
  user: 'alice',
  fields: { color: '"red"' },
  account: 'a1',
};

describe('a record', () => {
  it('is read as it was written, the lifetime in seconds', () => {
    const text = formatRecord(RECORD);
    expect(JSON.parse(text)).toEqual([1, 1000, 60, 'alice', { color: '"red"' }, 'a1']);
    expect(parseRecord(text)).toEqual(RECORD);
  });

  it('is read with what a newer version has added', () => {
    const text = formatRecord(RECORD).replace(/]$/, ',"more"]');
    expect(parseRecord(text)).toEqual(RECORD);
  });

  it.each([
    ['no JSON', '[1,'],
    ['null', 'null'],
    ['an object', '{}'],
    ['a start that is no number', '[1,"1000",60,"alice",{},"a1"]'],
    ['a lifetime that is no number', '[1,1000,null,"alice",{},"a1"]'],
    ['a user that is no text', '[1,1000,60,7,{},"a1"]'],
    ['fields that are a list', '[1,1000,60,"alice",["red"],"a1"]'],
    ['fields that are null', '[1,1000,60,"alice",null,"a1"]'],
    ['a field that is no text', '[1,1000,60,"alice",{"color":7},"a1"]'],
    ['no account, as before accounts had ids', '[1,1000,60,"alice",{}]'],
  ])('is none with %s', (_, text) => {
    expect(parseRecord(text)).toBeNull();
  });
});

describe('the changes of fields', () => {
  it('are those that were written or removed, whatever their names are', () => {
    const before = { color: '"red"', size: '1', constructor: '2' };
    const changes = { written: { color: '"blue"' }, removed: ['constructor'] };
    expect(findChanges(before, { color: '"blue"', size: '1' })).toEqual(changes);
    expect(findChanges(before, { ...before })).toBeNull();
  });

  it('take the place of what was there', () => {
    const changes = { written: { color: '"blue"' }, removed: ['size'] };
    const before = { color: '"red"', size: '1', weight: '2' };
    expect(applyChanges(before, changes)).toEqual({ color: '"blue"', weight: '2' });
  });
});

describe('the id of a session', () => {
  it.each([
    ['x'.repeat(43), true],
    ['x'.repeat(42), false],
    ['x'.repeat(44), false],
    [`${'x'.repeat(42)}.`, false],
  ])('%s: %s', (text, isId) => {
    expect(isSessionId(text)).toBe(isId);
  });
});
