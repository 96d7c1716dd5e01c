/** What counts as a wrong value. */
import { createMemory } from '../../../src/lab/load-test/visitors/memory.ts';

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
