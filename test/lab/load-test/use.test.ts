/** Whether a load test says that it was the bottleneck. */
import { describeUse } from '../../../src/lab/load-test/reports/use.ts';
import { asFound, scaleOut } from './fixtures.ts';

function withUse(busy: number, threads = 2) {
  const [step] = asFound().steps;
  const loadTest = { threads, busy, processor: 20 };
  return { ...asFound(), steps: [{ ...step!, rate: 12_345, loadTest }] };
}

it('says that the app may carry more, when its threads hardly waited for answers', () => {
  expect(describeUse(withUse(0.97))).toBe(
    'The load test used 97 % of its 2 threads: the app may carry more.',
  );
});

it('rounds to whole percents', () => {
  expect(describeUse(withUse(0.976))).toContain('98 % of its 2 threads');
});

it.each([
  [0.9, 'the app may carry more'],
  [0.1, 'it could have gone to about'],
])('draws its conclusion from %d on', (busy, conclusion) => {
  expect(describeUse(withUse(busy))).toContain(conclusion);
});

it('says nothing of a test without any step that ended', () => {
  expect(describeUse({ ...asFound(), steps: [] })).toBeNull();
});

it('says how far it could have gone otherwise', () => {
  expect(describeUse(withUse(0.5, 1))).toBe(
    'The load test used 50 % of its thread: it could have gone to about 25,000 requests/s.',
  );
});

it('says nothing when it did next to nothing', () => {
  expect(describeUse(withUse(0.05))).toBeNull();
});

it('looks at the step in which it was busiest', () => {
  const { steps } = scaleOut();
  for (const inOrder of [steps, steps.toReversed()]) {
    expect(describeUse({ ...scaleOut(), steps: inOrder })).toContain('12 % of its 2 threads');
  }
});
