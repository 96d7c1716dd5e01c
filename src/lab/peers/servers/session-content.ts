/** The sessions of these servers: as much as the app keeps and returns. */

export interface Session {
  user: string;
  signedInAt: string;
  signedInBy: Instance;
  data: Record<string, string>;
}

interface Instance {
  index: number;
  guid: string;
}

export const IDLE_TIMEOUT = 30 * 60_000; // milliseconds
const ABSOLUTE_TIMEOUT = 12 * 60 * 60_000; // milliseconds

const instance: Instance = {
  index: Number(process.env.CF_INSTANCE_INDEX),
  guid: process.env.CF_INSTANCE_GUID!,
};

export function createSession(user: string): Session {
  return { user, signedInAt: new Date().toISOString(), signedInBy: instance, data: {} };
}

export function describeSession({ user, signedInAt, signedInBy }: Session) {
  return {
    user,
    signedInAt,
    signedInBy,
    servedBy: instance,
    idleTimeout: IDLE_TIMEOUT,
    absoluteTimeout: ABSOLUTE_TIMEOUT,
    expiresAt: new Date(Date.now() + IDLE_TIMEOUT).toISOString(),
  };
}
