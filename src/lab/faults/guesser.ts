/** A thread that guesses session ids, so that whoever measures the others is not held up. */
import { randomBytes } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import autocannon from 'autocannon';
import type { Guesses, Guessing } from './guessing.ts';

const { origin, guesses, rate } = workerData as Guessing;

const { statusCodeStats, errors } = await autocannon({
  url: origin,
  connections: 10,
  amount: guesses,
  overallRate: rate,
  requests: [{ path: '/session/me', setupRequest: guess }],
});
const statuses = Object.entries(statusCodeStats ?? {}).map(([code, { count }]) => [code, count]);
parentPort!.postMessage({ statuses: Object.fromEntries(statuses), errors } satisfies Guesses);

function guess(request: autocannon.Request): autocannon.Request {
  return { ...request, headers: { Cookie: `session=${randomBytes(32).toString('base64url')}` } };
}
