/** The app under load: whether it is this app, and can be reached. */
import { type Answer, ask } from '../ask.ts';
import { Problem } from '../command-line/problem.ts';

/** Throws a problem when the target is not this app, or cannot be reached. */
export async function checkTarget(origin: string, isAnyTarget: boolean): Promise<void> {
  const { status, headers } = await askTarget(origin, '/status/health');
  const location = headers.get('Location');
  if (location) throw new Problem(`${origin} redirects to ${location}: give that URL.`);
  if (isAnyTarget || headers.has('X-App-Instance')) return;
  throw new Problem(
    `${origin} does not look like redis-example-app: it answers without X-App-Instance ` +
      `(GET /status/health: ${status}). To put load on it all the same, add --any-target.`,
  );
}

/** Throws a problem when the app cannot be reached. */
export async function askTarget(origin: string, path: string): Promise<Answer> {
  try {
    return await ask(origin + path);
  } catch (error) {
    throw new Problem(`${origin} cannot be reached: ${(error as Error).message}`);
  }
}
