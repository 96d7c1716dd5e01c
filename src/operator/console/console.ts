/** The console: one line is one command, several lines are one transaction. */
import type { Redis } from 'ioredis';
import type { Nodes } from '../nodes.ts';
import * as texts from '../sentences.ts';
import { judge, type Judged, Refused, refuseLargeKeys } from './guard.ts';
import { printReply } from './reply.ts';
import { splitWords } from './words.ts';

const MOST_LINES = 100;

interface Answer {
  /** The server that has answered. */
  node: string;
  replies: { command: string; reply: string }[];
}

export type Console = ReturnType<typeof createConsole>;

export function createConsole(nodes: Nodes) {
  return { run };

  /**
   * Sends the commands of a text to the primary that has the first key. Throws Refused with a reason
   * for what this console does not send, for a write unless `mayWrite`, and the errors of Redis.
   */
  async function run(text: string, mayWrite: boolean): Promise<Answer> {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    if (lines.length === 0 || lines.length > MOST_LINES)
      throw new Refused(texts.wrongLines(MOST_LINES), 400);
    const commands = lines.map((line) => {
      const words = splitWords(line);
      if (!words) throw new Refused(texts.wrongQuotes(line.slice(0, 80)), 400);
      return words;
    });

    const primaries = (await nodes.list()).filter(({ role }) => role === 'primary');
    const judged = await nodes.use(primaries[0]!, async (redis) => {
      const all = [];
      for (const words of commands) all.push(await judge(redis, words));
      return all;
    });
    if (!mayWrite && judged.some(({ writes }) => writes)) throw new Refused(texts.WRITES, 409);

    const [key] = judged.flatMap(({ keys }) => keys);
    const owner = key ? nodes.nameOwner(key) : null;
    const node = primaries.find(({ address }) => address === owner) ?? primaries[0]!;
    const replies = await nodes.use(node, async (redis) => {
      await refuseLargeKeys(redis, judged);
      return send(redis, commands);
    });
    return {
      node: node.address,
      replies: lines.map((command, i) => ({
        command,
        reply: printReply(replies[i], isStatus(judged[i]!, replies[i])),
      })),
    };
  }
}

/** An error of Redis is a reply as well. */
async function send(redis: Redis, commands: Buffer[][]): Promise<unknown[]> {
  const call = (words: (Buffer | string)[]) =>
    redis.callBuffer(...(words as [string, ...Buffer[]])).catch(keepReply);
  if (commands.length === 1) return [await call(toCall(commands[0]!))];

  // Without the right to MULTI, the commands would be executed one by one
  await redis.call('MULTI');
  const replies = await Promise.all([
    ...commands.map((words) => call(toCall(words))),
    call(['EXEC']),
  ]);
  const executed = replies.at(-1);
  // A command that could not be queued: the transaction was not executed
  return Array.isArray(executed) ? executed : replies.slice(0, -1).map(orNotExecuted);
}

/** INFO is not one, but redis-cli prints it in the same way. Of what changes data, only OK is one. */
function isStatus({ words, writes }: Judged, reply: unknown): boolean {
  const name = words[0]!.toString().toLowerCase();
  if (['type', 'ping', 'info'].includes(name)) return true;
  return writes && String(reply) === 'OK' && !/get|pop|move/.test(name);
}

function toCall([name, ...rest]: Buffer[]): (Buffer | string)[] {
  return [name!.toString(), ...rest];
}

function keepReply(error: Error): Error {
  if (error.name !== 'ReplyError') throw error;
  return error;
}

function orNotExecuted(reply: unknown): unknown {
  return reply instanceof Error ? reply : new Error(texts.NOT_EXECUTED);
}
