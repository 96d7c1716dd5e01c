/** Opens the connections of a load test one by one, and shares users and requests among them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Visitor } from '../visitors/visitor.ts';
import { openConnection, type Outcome } from './connection.ts';

export interface LoadParts {
  origin: string;
  visitors: Visitor[];
  /** The visitors share them; no more than there are visitors. */
  connections: number;
  /** Requests per second of all connections; null for as fast as answers come. */
  rate: number | null;
  /** Seconds from the first request to the last. */
  duration: number;
  /** Seconds until all connections have begun. */
  ramp: number;
  isAnyTarget: boolean;
  record: (outcome: Outcome) => void;
  /** Ends the load early. */
  signal: AbortSignal;
}

/** autocannon sends a connection's requests of one second right after another. */
const ROUND = 1; // second

/** Resolves when the time is over and each request is answered or given up. */
export async function putLoad(parts: LoadParts): Promise<void> {
  const { visitors, connections, rate, duration, signal } = parts;
  const count = countConnections(connections, rate);
  const ramp = Math.max(parts.ramp, rate === null ? 0 : ROUND);
  const opened: ReturnType<typeof openConnection>[] = [];
  const opening = Array.from({ length: count }, (_, i) =>
    setTimeout(() => opened.push(open(i)), (1000 * ramp * i) / count),
  );

  await sleep(1000 * duration, null, { signal }).catch(() => {});
  opening.forEach(clearTimeout);
  await Promise.all(opened.map((connection) => connection.close()));

  function open(i: number) {
    return openConnection({
      ...parts,
      visitors: visitors.filter((_, j) => j % count === i),
      rate: rate === null ? null : share(rate, count, i),
    });
  }
}

/** A connection sends whole requests per second, and one at least. */
export function countConnections(connections: number, rate: number | null): number {
  return rate === null ? connections : Math.min(connections, rate);
}

/** Splits `total` into whole parts as equal as possible, and returns part `index`. */
function share(total: number, parts: number, index: number): number {
  return Math.floor(total / parts) + (index < total % parts ? 1 : 0);
}
