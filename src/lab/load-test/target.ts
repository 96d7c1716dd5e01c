/** The app under load: whether it is this app, and can be reached. */
import { type Answer, ask } from '../ask.ts';
import { Problem, UsageError } from '../command-line/problem.ts';

/** Reads the URL of a target, which may begin without http://. Throws a usage error for what is none. */
export function readOrigin(text: string): string {
  const url = /^https?:\/\//.test(text) ? text : `http://${text}`;
  if (!URL.canParse(url)) throw new UsageError(`"${text}" is no URL.`);
  return new URL(url).origin;
}

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
