/** Asks single servers, each over a connection of its own. */
import type { ConnectionOptions } from 'node:tls';
import type { Address, Login } from '../../connection.ts';
import { type RedisClient, useOnce } from '../client.ts';

/** Either the answer or the error is there. */
export interface Reply<Answer> {
  address: Address;
  answer?: Answer;
  error?: Error;
}

interface Access {
  login: Login;
  tls: ConnectionOptions | undefined;
}

/** Resolves to one reply for each address. Never rejects. */
export function askAll<Answer>(
  addresses: Address[],
  { login, tls }: Access,
  ask: (redis: RedisClient) => Promise<Answer>,
): Promise<Reply<Answer>[]> {
  return Promise.all(
    addresses.map(async (node) => {
      try {
        const connection = { kind: 'standalone', node, login, database: 0, tls: null } as const;
        return { address: node, answer: await useOnce(connection, tls, ask) };
      } catch (error) {
        return { address: node, error: error as Error };
      }
    }),
  );
}

/** Returns the first reply that is an answer, or else the first one. */
export function preferAnswer<Answer>(replies: Reply<Answer>[]): Reply<Answer> {
  return replies.find(({ error }) => !error) ?? replies[0]!;
}
