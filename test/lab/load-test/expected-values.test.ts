/** What counts as a wrong value. */
import { createMemory } from '../../../src/lab/load-test/visitors/expected-values.ts';
import { createValueExchanges } from '../../../src/lab/load-test/visitors/value-exchanges.ts';
import { VALUE_WRONG } from '../../../src/lab/load-test/visitors/visitor.ts';

let memory: ReturnType<typeof createMemory>;
beforeEach(() => {
  memory = createMemory();
});

it('knows that there is nothing at first', () => {
  expect(memory.observe(null)).toBe(true);
  expect(memory.observe('anything')).toBe(false);
});

it('wants back what was stored last', () => {
  memory.store('one');
  memory.store('two');

  expect(memory.observe('two')).toBe(true);
  expect(memory.observe('one')).toBe(false);
});

it('misses what was stored', () => {
  memory.store('one');

  expect(memory.observe(null)).toBe(false);
});

it('counts a wrong value once', () => {
  memory.store('one');

  expect(memory.observe('another')).toBe(false);
  expect(memory.observe('another')).toBe(true);
});

it('takes what a failed request may have stored, whenever it comes', () => {
  memory.store('one');
  memory.mayStore('two');
  expect(memory.observe('one')).toBe(true);
  expect(memory.observe('two')).toBe(true);

  memory.store('three');
  expect(memory.observe('two')).toBe(true);
});

it('wants what was acknowledged, whatever failed before', () => {
  memory.mayStore('one');
  memory.store('two');

  expect(memory.observe(null)).toBe(false);
});

describe('of the answers about a key', () => {
  const path = '/k';
  let key: ReturnType<typeof createValueExchanges>;
  beforeEach(() => {
    key = createValueExchanges('/:key', memory);
  });

  const answer = (status: number, body = '') => ({ status, body, cookies: [] });
  const write = (value: string, status: number) => key.write(path, value).judge(answer(status));
  const read = (status: number, body = '') => key.read(path).judge(answer(status, body));
  const remove = (status: number) => key.remove(path).judge(answer(status));

  it('a stored value is right, another or none is wrong', () => {
    expect(write('one', 201)).toBeNull();
    expect(read(200, 'one')).toBeNull();
    expect(read(200, 'two')).toBe(VALUE_WRONG);
    write('one', 201);
    expect(read(404)).toBe(VALUE_WRONG);
  });

  it('a removed value is right when it is gone', () => {
    write('one', 201);
    expect(remove(200)).toBeNull();
    expect(read(404)).toBeNull();
    expect(remove(404)).toBeNull();
    expect(read(200, 'one')).toBe(VALUE_WRONG);
  });

  it('a value is wrong that is gone before it is removed', () => {
    write('one', 201);
    expect(remove(404)).toBe(VALUE_WRONG);
  });

  it('an error is no wrong value, and after it both are right', () => {
    write('one', 201);
    expect(read(503)).toBe('HTTP 503');
    expect(write('two', 503)).toBe('HTTP 503');
    expect(read(200, 'one')).toBeNull();
    expect(read(200, 'two')).toBeNull();
    expect(remove(500)).toBe('HTTP 500');
    expect(read(200, 'two')).toBeNull();
    expect(read(404)).toBeNull();
  });

  it('no answer is no wrong value, and after it both are right', () => {
    write('one', 201);
    key.write(path, 'two').miss();
    key.read(path).miss();
    expect(read(200, 'one')).toBeNull();
    expect(read(200, 'two')).toBeNull();
    key.remove(path).miss();
    expect(read(404)).toBeNull();
  });
});
