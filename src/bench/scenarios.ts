/** What every contestant is asked. */
import { perform, type Exchange } from './exchange.ts';

export interface Scenario {
  name: string;
  /** The least share of the bare server's requests per second that the app should reach. */
  rateGoal: number;
  /** Readies the server at this origin, and returns what it is asked from then on. */
  prepare: (origin: string) => Promise<Exchange>;
}

export const scenarios: Scenario[] = [
  { name: 'GET of 3 bytes', rateGoal: 0.85, prepare: (origin) => prepareRead(origin, 3) },
  { name: 'GET of 1024 bytes', rateGoal: 0.85, prepare: (origin) => prepareRead(origin, 1024) },
  { name: 'PUT of 3 bytes', rateGoal: 0.75, prepare: async () => write('written', 'abc') },
];

async function prepareRead(origin: string, bytes: number): Promise<Exchange> {
  const key = `read-${bytes}`;
  const value = 'abcdefgh'.repeat(Math.ceil(bytes / 8)).slice(0, bytes);
  await perform(origin, write(key, value));

  return { method: 'GET', path: `/${key}`, headers: {}, expected: { status: 200, body: value } };
}

function write(key: string, value: string): Exchange {
  return {
    method: 'PUT',
    path: `/${key}`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `data=${value}`,
    expected: { status: 201, body: 'success' },
  };
}
