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

it('says how far it could have gone otherwise', () => {
  expect(describeUse(withUse(0.5, 1))).toBe(
    'The load test used 50 % of its thread: it could have gone to about 25,000 requests/s.',
  );
});

it('says nothing when it did next to nothing', () => {
  expect(describeUse(withUse(0.05))).toBeNull();
});

it('looks at the step in which it was busiest', () => {
  expect(describeUse(scaleOut())).toContain('12 % of its 2 threads');
});
