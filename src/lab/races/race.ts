/** The races: requests of one session at two instances, and a count of what came undone. */
import type { Outcome, RaceName } from './results.ts';
import { type Session, startSession } from './session.ts';

export type Instances = readonly [origin: string, origin: string];

interface Course {
  instances: Instances;
  /** The name of a new user. */
  user: string;
  /** Parallel writes, or requests in flight at the sign-out. */
  requests: number;
}

/** Each runs its race with one new session. */
export const RUN: Record<RaceName, (course: Course) => Promise<Outcome>> = {
  writes: writeInParallel,
  'sign-outs amid requests': signOutAmidRequests,
  'sign-outs amid an upload': signOutAmidUpload,
};

/** Writes to as many fields at once, then reads them back. Only confirmed writes count. */
async function writeInParallel({ instances, user, requests }: Course): Promise<Outcome> {
  const session = await startSession(instances[0], user);
  const fields = numbers(requests).map((i) => `field-${i}`);
  const confirmed = await Promise.all(
    fields.map((field, i) => session.write(instances[i % 2]!, field, field)),
  );

  const kept = await session.readFields(instances[0]);
  const written = fields.filter((_, i) => confirmed[i]);
  const lost = written.filter((field) => kept[field] !== field);
  return { done: written.length, undone: lost.length };
}

/** Signs out while half of the requests are on their way and the others follow at once. */
async function signOutAmidRequests({ instances, user, requests }: Course): Promise<Outcome> {
  const session = await startSession(instances[0], user);
  const half = Math.floor(requests / 2);
  const before = numbers(requests).slice(0, half).map(send);
  const signOut = session.signOut(instances[0]);
  const after = numbers(requests).slice(half).map(send);
  await Promise.all([...before, signOut, ...after]);

  return countRevived(session, instances);

  /** Writes and reads, two by two, at either instance. */
  function send(i: number): Promise<boolean> {
    const at = instances[i % 2]!;
    return i % 4 < 2 ? session.write(at, `field-${i}`, 'x') : session.isSignedIn(at);
  }
}

/** Signs out while the other instance waits for the body of a write. */
async function signOutAmidUpload({ instances, user }: Course): Promise<Outcome> {
  const session = await startSession(instances[0], user);
  const upload = await session.startWrite(instances[1], 'field', 'x');
  await session.signOut(instances[0]);
  await upload.finish();

  return countRevived(session, instances);
}

async function countRevived(session: Session, instances: Instances): Promise<Outcome> {
  const known = await Promise.all(instances.map(session.isSignedIn));
  return { done: 1, undone: known.includes(true) ? 1 : 0 };
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}
