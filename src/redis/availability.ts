/** Watches the connection to Redis: if it can be used, or why not. */
import type { Login } from '../connection.ts';
import type { RedisClient } from './client.ts';
import type { Diagnose } from './diagnosis/diagnosis.ts';
import { CLOSED, explain, followsFromLogin, isDatabaseRefused, isNotConnected } from './explain.ts';
import type { StateLog } from './state-log.ts';

/** While Redis answers PING by an error, it is asked again after this time. */
const PAUSE = 500; // milliseconds

/** PING may be renamed or forbidden, but these refuse all commands. */
const REFUSES_ALL = /^(NOAUTH|LOADING|MASTERDOWN|DENIED)|max number of clients/;

export interface Availability {
  /** True since Redis has answered PING on the connection that is open now. */
  isAvailable: boolean;
  /** A sentence for people; null while Redis is available. */
  problem: string | null;
  /** Returns a sentence for the error of a command. */
  explain(error: Error): string;
}

interface Parts {
  login: Login;
  diagnose: Diagnose;
  say: StateLog;
  /** Called each time that Redis becomes available. */
  onAvailable: () => void;
}

/**
 * Call it before the client connects. `known` resolves when Redis is available for the first time, or
 * when it is known why not.
 */
export function watchAvailability(
  redis: RedisClient,
  { login, diagnose, say, onAvailable }: Parts,
): { availability: Availability; known: Promise<void> } {
  const availability: Availability = {
    isAvailable: false,
    problem: 'Redis is being connected',
    explain: explainCommand,
  };
  /** What the connection, or the last one, has reported first. */
  let reason: Error | null = null;
  /** Of a node of a Cluster, whose other nodes may serve. */
  let nodeProblem: string | null = null;
  let isDiagnosing = false;
  let nextPing: NodeJS.Timeout | undefined;
  let becomeKnown: () => void;
  const known = new Promise<void>((resolve) => (becomeKnown = resolve));

  redis.on('connecting', () => (reason = null));
  redis.on('ready', () => void ping());
  redis.on('error', (error: Error) => {
    if (followsFromLogin(error, login)) return;
    reason ??= error;
    if (!availability.isAvailable) lose(reason);
  });
  redis.on('node error', (error: Error, address: string) => {
    if (!isNotConnected(error)) nodeProblem = explain(error, `The node ${address}`);
  });
  redis.on('close', () => {
    // A connection that breaks reports an error first; one that the server closes does not
    if (reason || redis.status !== 'end') lose(reason ?? CLOSED);
  });
  return { availability, known };

  async function ping() {
    clearTimeout(nextPing);
    // When SELECT is refused, ioredis would go on in database 0
    if (reason && isDatabaseRefused(reason)) return redis.disconnect();
    try {
      await redis.ping();
    } catch (error) {
      // Reported as the connection closes
      const { name, message } = error as Error;
      if (name !== 'ReplyError') return;
      if (REFUSES_ALL.test(message)) return refuse(error as Error);
    }
    reason = null;
    nodeProblem = null;
    availability.isAvailable = true;
    availability.problem = null;
    becomeKnown();
    onAvailable();
  }

  function refuse(error: Error): void {
    reason ??= error;
    lose(reason);
    nextPing = setTimeout(() => redis.status === 'ready' && void ping(), PAUSE).unref();
  }

  function lose(error: Error): void {
    // Until the diagnosis is there
    if (availability.isAvailable) availability.problem = explain(error);
    availability.isAvailable = false;
    if (!isDiagnosing) void report(error);
  }

  async function report(error: Error): Promise<void> {
    isDiagnosing = true;
    const problem = await diagnose(error);
    isDiagnosing = false;
    if (availability.isAvailable) return;
    availability.problem = problem;
    say(problem);
    becomeKnown();
  }

  /** A command that finds the connection closed does not know why. */
  function explainCommand(error: Error): string {
    if (availability.problem) return availability.problem;
    if (!isNotConnected(error)) return explain(error);
    return nodeProblem ?? explain(reason ?? CLOSED);
  }
}
