/** What the smoke test asks of the app. Each function throws a problem that says what was wrong. */
import { Problem } from '../command-line/problem.ts';
import { askTarget } from '../load-test/target.ts';
import { perform, signUp, write } from '../peers/exchanges.ts';
import { until } from '../processes/until.ts';

const KEY = 'smoke-test';
const USER = 'smoke-test';
const VERSIONS = ['v1', 'v1.1', 'v1.2', 'v1.3'];

/** Until a router knows of an instance. */
const ROUTE_TIMEOUT = 60 * 1000; // 60 seconds
const PAUSE = 500; // milliseconds

/** Returns the origin at which the app is healthy: HTTPS, or HTTP where that does not answer. */
export async function findOrigin(route: string, signal: AbortSignal): Promise<string> {
  return until(
    `GET ${route}/status/health is answered with 200`,
    async () => {
      for (const origin of [`https://${route}`, `http://${route}`]) {
        const answer = await askTarget(origin, '/status/health').catch(() => null);
        if (answer?.status === 200) return origin;
      }
      return null;
    },
    { limit: ROUTE_TIMEOUT, pause: PAUSE, signal },
  );
}

/** Returns the app's own verdict on its Redis. */
export async function checkRedis(origin: string): Promise<string> {
  const { body } = await askTarget(origin, '/');
  const [verdict = ''] = body.split('\n');
  if (!verdict.startsWith('Redis works')) throw new Problem(verdict);
  return verdict;
}

export async function writeAndRead(origin: string): Promise<void> {
  const value = crypto.randomUUID();
  const key = { path: `/${KEY}`, headers: {} };
  await perform(origin, write(KEY, value));
  await perform(origin, { ...key, method: 'GET', expected: { status: 200, body: value } });
  await perform(origin, { ...key, method: 'DELETE', expected: { status: 200, body: 'success' } });
}

/** Resolves when two instances have served the login of one user. */
export async function checkLogin(origin: string, signal: AbortSignal): Promise<void> {
  const headers = { Cookie: await signUp(origin, USER) };
  const expected = { status: 200, user: USER };
  const instances = new Set<string | null>();
  const isServedByTwo = async () => {
    const answer = await perform(origin, { method: 'GET', path: '/session/me', headers, expected });
    return instances.add(answer.headers.get('X-App-Instance')).size === 2;
  };
  await until('Two instances serve the login', isServedByTwo, { limit: ROUTE_TIMEOUT, signal });
}

/** Returns the versions of TLS that Redis speaks, or that it speaks none. */
export async function describeTls(origin: string): Promise<string> {
  const value = crypto.randomUUID();
  await perform(origin, write(KEY, value));
  const spoken: string[] = [];
  for (const version of VERSIONS) {
    const { status, body } = await askTarget(origin, `/tls/${version}/${KEY}`);
    if (status === 200 && body === value) spoken.push(version);
    else if (status !== 418) {
      throw new Problem(`GET /tls/${version}/${KEY} was answered with ${status} "${body}".`);
    }
  }
  return spoken.join(', ') || 'not offered';
}
