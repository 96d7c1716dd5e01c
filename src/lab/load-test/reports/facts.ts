/** The conditions of a load test, and those of several at once. */
import { describeMachine } from '../../report/machine.ts';
import type { Begin } from '../results/file.ts';
import type { Facts } from './html-report.ts';

/** Adds up users, connections and rates. The first test names the target and what all have in common. */
export function describeTests(begins: Begin[]): Facts {
  const [first] = begins as [Begin];
  const sum = (figure: (begin: Begin) => number) =>
    begins.reduce((all, begin) => all + figure(begin), 0);
  const hasRate = begins.every(({ rate }) => rate !== null);
  const isHere = isLoopback(new URL(first.target).hostname);
  return {
    ...first,
    startedAt: new Date(Math.min(...begins.map(({ startedAt }) => Date.parse(startedAt)))),
    users: sum(({ users }) => users),
    connections: sum(({ connections }) => connections),
    rate: hasRate ? sum(({ rate }) => rate!) : null,
    note: isHere ? describeMachine() : undefined,
  };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}
