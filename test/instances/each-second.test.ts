/** Something once a second, at the same moment of each. */
import { eachSecond } from '../../src/instances/each-second.ts';

const PHASE = 700; // milliseconds

let moments: number[];
let stop: () => void;
beforeEach(() => {
  jest.useFakeTimers({ now: 10_250 });
  moments = [];
  stop = eachSecond({ now: Date.now }, PHASE, () => moments.push(Date.now()));
});
afterEach(() => {
  stop();
  jest.useRealTimers();
});

it('is done at that moment of each second, until it is stopped', async () => {
  await jest.advanceTimersByTimeAsync(3000);
  stop();
  await jest.advanceTimersByTimeAsync(3000);
  expect(moments).toEqual([10_700, 11_700, 12_700]);
});

it('is back at that moment after the clock was set, or the process was held up', async () => {
  jest.setSystemTime(10_300);
  await jest.advanceTimersByTimeAsync(3000);
  expect(moments).toEqual([10_750, 11_700, 12_700]);
});

it('is not done twice when a timer fires early', async () => {
  await jest.advanceTimersByTimeAsync(1000);
  jest.setSystemTime(Date.now() - 5);
  await jest.advanceTimersByTimeAsync(2000);
  expect(moments).toEqual([10_700, 11_695, 12_700]);
});
