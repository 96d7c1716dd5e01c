/** What a load test leaves on disk: JSON, line by line, in the order of time. */
import type { Fault } from '../visitors/visitor.ts';

export type Line = Begin | StepBegin | StepEnd | Request;

/** The first line. */
export interface Begin {
  type: 'begin';
  target: string;
  scenario: string;
  startedAt: string;
  users: number;
  connections: number;
  /** Requests per second, of all connections; null for as fast as answers came. */
  rate: number | null;
  /** Of each step, in seconds. */
  duration: number;
  /** By name of the program. */
  versions: Record<string, string>;
  /** The version of this format. */
  version: 1;
}

export interface StepBegin {
  type: 'step';
  /** Milliseconds since the begin, as all times below. */
  at: number;
  /** How many instances the app has; null when nobody asked for a number. */
  count: number | null;
  /** How many users are signed in. */
  logins: number;
}

interface StepEnd {
  type: 'end';
  at: number;
}

export interface Request {
  type: 'request';
  /** When it was sent. */
  at: number;
  request: string;
  instance: string | null;
  status: number | null;
  latency: number;
  fault: Fault | null;
}
