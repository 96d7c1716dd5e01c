/** What the foundry makes of the answers about health. */
import { untilHealthy, untilReady, watchReadiness } from '../../../src/lab/foundry/health.ts';
import { serve } from '../../support/serve.ts';

const NEVER = new AbortController().signal;

/** Answers with these statuses, the last of them for ever; 0 stands for no answer. */
async function answering(statuses: number[]) {
  const asked: string[] = [];
  const origin = await serve(({ url, socket }, response) => {
    asked.push(url!);
    const status = statuses[Math.min(asked.length, statuses.length) - 1]!;
    if (status === 0) socket.destroy();
    else response.writeHead(status).end();
  });
  return { origin, asked };
}

it.each([
  ['healthy', untilHealthy, '/status/health'],
  ['ready', untilReady, '/status/ready'],
])('an app is %s when it answers 200, and nothing else', async (_, untilIt, path) => {
  const { origin, asked } = await answering([0, 404, 503, 301, 200]);
  await untilIt(origin, NEVER);

  expect(asked).toEqual(Array(5).fill(path));
});

it('is watched until it is told to stop', async () => {
  const { origin, asked } = await answering([200, 503, 200]);
  const stopping = new AbortController();
  const reports: boolean[] = [];
  await watchReadiness(origin, stopping.signal, async (isReady) => {
    reports.push(isReady);
    if (reports.length === 2) stopping.abort();
  });

  expect(reports).toEqual([true, false]);
  expect(asked).toEqual(Array(2).fill('/status/ready'));
});

it('is not reported as ready when it was told to stop meanwhile', async () => {
  const stopping = new AbortController();
  const origin = await serve((_, response) => {
    stopping.abort();
    response.end();
  });
  const report = jest.fn();
  await watchReadiness(origin, stopping.signal, report);

  expect(report).not.toHaveBeenCalled();
});
