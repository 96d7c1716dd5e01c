/** The conditions that the report of one load test names, or of several at once. */
import { describeTests } from '../../../src/lab/load-test/reports/facts.ts';
import type { Begin } from '../../../src/lab/load-test/results/file.ts';

const BEGIN: Begin = {
  type: 'begin',
  version: 2,
  target: 'https://app.example.com',
  scenario: 'mixed',
  startedAt: '2026-11-21T09:00:02.000Z',
  users: 20,
  connections: 10,
  rate: 100,
  duration: 5,
  versions: {},
};
const EARLIER = { ...BEGIN, startedAt: '2026-11-21T09:00:00.000Z', users: 3, connections: 2 };

describe('several load tests', () => {
  it.each([
    ['the first', [EARLIER, BEGIN]],
    ['the last', [BEGIN, EARLIER]],
  ])('begin with the earliest, and add up: it is %s', (_, begins) => {
    expect(describeTests(begins)).toMatchObject({
      startedAt: new Date(EARLIER.startedAt),
      users: 23,
      connections: 12,
      rate: 200,
      duration: 5,
    });
  });

  it('have no rate where one of them goes as fast as it can', () => {
    expect(describeTests([BEGIN, { ...BEGIN, rate: null }]).rate).toBeNull();
    expect(describeTests([{ ...BEGIN, rate: null }, BEGIN]).rate).toBeNull();
  });
});

it.each([
  ['http://localhost:8080', true],
  ['http://127.0.0.1:8080', true],
  ['http://127.0.0.2', true],
  ['http://[::1]:8080', true],
  ['http://[::2]:8080', false],
  ['http://10.127.0.1', false],
  ['https://localhost.example.com', false],
])('of a load test on %s, it is %j that all shares one machine', (target, isHere) => {
  const note = isHere ? expect.stringContaining('share one machine') : undefined;

  expect(describeTests([{ ...BEGIN, target }]).note).toEqual(note);
});
