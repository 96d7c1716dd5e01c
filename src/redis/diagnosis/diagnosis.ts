/** Finds out why Redis cannot be used, where the connection itself does not say it. */
import type { ConnectionOptions } from 'node:tls';
import type { Connection } from '../../connection.ts';
import { explain } from '../explain.ts';
import { askNodes } from './cluster.ts';
import { askSentinels } from './sentinels.ts';
import { explainServer } from './server.ts';

/** Takes what the connection has reported, and returns a sentence for people. Never throws. */
export type Diagnose = (error: Error) => Promise<string>;

/** Nodes and Sentinels are asked once in this time at most. */
const PAUSE = 2000; // milliseconds

export function createDiagnosis(
  connection: Connection,
  tls: ConnectionOptions | undefined,
): Diagnose {
  let asked = { at: -Infinity, answer: Promise.resolve<string | null>(null) };

  return async (error) => {
    switch (connection.kind) {
      case 'standalone':
        return explainServer(connection.node, tls, error);
      case 'replicated':
        return explainServer(connection.primary, tls, error);
      case 'sentinel':
        return (await askRarely(() => askSentinels(connection, tls))) ?? explain(error);
      case 'cluster':
        return (await askRarely(() => askNodes(connection, tls))) ?? explain(error);
    }
  };

  function askRarely(ask: () => Promise<string | null>): Promise<string | null> {
    const now = performance.now();
    if (now - asked.at >= PAUSE) asked = { at: now, answer: ask() };
    return asked.answer;
  }
}
