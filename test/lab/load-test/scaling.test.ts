/** The wait for the instances that a step is about. */
import { Problem } from '../../../src/lab/command-line/problem.ts';
import { scaleBy, untilInstances } from '../../../src/lab/load-test/scaling.ts';
import { serve } from '../../support/serve.ts';

const NEVER = new AbortController().signal;

afterEach(() => jest.restoreAllMocks());

/** Lists so many instances, the last number again and again; 0 stands for an error. */
async function listing(counts: number[], onAnswer = () => {}): Promise<string> {
  let asked = 0;
  return serve((_, response) => {
    const count = counts[Math.min(asked++, counts.length - 1)]!;
    onAnswer();
    response.writeHead(count === 0 ? 503 : 200).end(JSON.stringify(Array(count).fill({})));
  });
}

it('goes on while the app does not answer, or has another number of them', async () => {
  const answers = jest.fn();
  const origin = await listing([0, 3, 2], answers);
  await untilInstances(origin, 2, NEVER);

  expect(answers).toHaveBeenCalledTimes(3);
});

it('goes on while the app cannot be reached', async () => {
  let asked = 0;
  const origin = await serve(({ socket }, response) => {
    if (asked++ === 0) socket.destroy();
    else response.end('[{}]');
  });

  await expect(untilInstances(origin, 1, NEVER)).resolves.toBeUndefined();
});

it.each([
  [1, 'shows 1 instances, not 2.'],
  [0, 'shows no instances, not 2.'],
])('is given up after two minutes with %i of them', async (count, end) => {
  let later = 0;
  const now = performance.now.bind(performance);
  jest.spyOn(performance, 'now').mockImplementation(() => now() + later);
  const origin = await listing([count], () => (later = 121_000));
  const waiting = untilInstances(origin, 2, NEVER);

  await expect(waiting).rejects.toThrow(Problem);
  await expect(waiting).rejects.toThrow(`After 120 seconds, GET /instances/list ${end}`);
});

it('ends without a problem when the load test is stopped', async () => {
  const stopping = new AbortController();
  const origin = await listing([1], () => stopping.abort());

  await expect(untilInstances(origin, 2, stopping.signal)).resolves.toBeUndefined();
});

it.each([
  ['test {n} = 9 -a {n} = 9', null],
  ['exit {n}', '`exit 9` has failed (exit code 9).'],
  ['kill -{n} $$', '`kill -9 $$` has failed (SIGKILL).'],
])('sets the number by %s', async (command, sentence) => {
  const scaling = scaleBy(command)(9);

  if (sentence) await expect(scaling).rejects.toThrow(sentence);
  else await expect(scaling).resolves.toBeUndefined();
});
