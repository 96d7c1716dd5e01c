/** Which answers an instance counts, and which durations. */
import { countAnswer, createRequestCounts } from '../../src/http/request-counts.ts';

it("counts all answers, but not the platform's own checks as recent ones", () => {
  const counts = createRequestCounts();
  const answer = { method: 'GET', status: 200, duration: 2 };
  for (const url of ['/foo', '/status/ready', '/status/health', '/status'])
    countAnswer(counts, { ...answer, url });

  expect(counts.answers.get('GET')?.[200]).toBe(4);
  expect(counts.durations.count).toBe(4);
  expect(counts.recent.count).toBe(2);
  expect(counts.durations.max).toBe(2000);
});

it('counts an answer that took no time that the clock can tell', () => {
  const counts = createRequestCounts();
  countAnswer(counts, { method: 'GET', url: '/foo', status: 200, duration: 0 });
  expect(counts.durations.max).toBe(1);
});
