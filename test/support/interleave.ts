/** Runs operations on one Redis in every order in which their commands can mix. */
import type { RedisClient } from '../../src/redis/client.ts';

/** Commands that wait for their turn. Others make no difference to what is left in the end. */
const STEPS = [
  'get',
  'getex',
  'set',
  'unlink',
  'zrem',
  'zrevrange',
  'zscore',
  'eval',
  'addToIndex',
  'mergeSession',
];

interface Step {
  actor: number;
  run(): Promise<void>;
}

/** Gives an operation a client of its own, whose commands wait until it is their turn. */
export type Actor = () => RedisClient;

/**
 * Calls `round` once for each order of the commands that are steps. It starts its operations, each
 * on a client from `actor`, and awaits what `finish` makes of them. Returns how many orders there
 * were.
 *
 * One connection keeps the order of an actor's own commands. The connections of a Cluster do not:
 * then commands that were sent together come in any order as well.
 */
export async function inEveryOrder(
  redis: RedisClient,
  isCluster: boolean,
  round: (actor: Actor, finish: Finish) => Promise<void>,
  steps = STEPS,
): Promise<number> {
  let orders = 0;
  let choices: number[] | null = [];
  while (choices) {
    const schedule = createSchedule(choices, isCluster, new Set(steps));
    await round(() => schedule.createActor(redis), schedule.finish);
    orders++;
    choices = schedule.nextChoices();
  }
  return orders;
}

/**
 * Calls `round` once for each command that it sends, with a client before whose one command `event`
 * happens: before the first, then before the second, and so on. Returns how many rounds there were.
 */
export async function beforeEachCommand(
  redis: RedisClient,
  event: () => Promise<unknown>,
  round: (client: RedisClient) => Promise<void>,
): Promise<number> {
  for (let position = 0; ; position++) {
    let sent = 0;
    const client = new Proxy(redis, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (!STEPS.includes(String(name))) return value.bind(target);
        return async (...words: unknown[]) => {
          if (sent++ === position) await event();
          return value.apply(target, words);
        };
      },
    });
    await round(client);
    if (sent <= position) return position;
  }
}

type Finish = <Results extends Promise<unknown>[]>(
  ...operations: Results
) => Promise<{ [I in keyof Results]: Awaited<Results[I]> }>;

function createSchedule(choices: number[], isCluster: boolean, steps: Set<string>) {
  const waiting: Step[] = [];
  const taken: { choice: number; options: number }[] = [];
  let actors = 0;
  /** Commands that wait for no turn, but for their replies. */
  let underWay = 0;

  return { createActor, finish, nextChoices };

  function createActor(redis: RedisClient): RedisClient {
    const actor = actors++;
    return new Proxy(redis, {
      get(target, name) {
        if (name === 'isCluster') return isCluster;
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (!steps.has(String(name)))
          return (...words: unknown[]) => follow(value.apply(target, words));
        return (...words: unknown[]) => takeStep(actor, () => value.apply(target, words));
      },
    });
  }

  function follow(reply: unknown): unknown {
    if (!(reply instanceof Promise)) return reply;
    underWay++;
    void reply.catch(() => {}).finally(() => underWay--);
    return reply;
  }

  function takeStep<Reply>(actor: number, command: () => Promise<Reply>): Promise<Reply> {
    return new Promise((resolve, reject) => {
      waiting.push({ actor, run: () => command().then(resolve, reject) });
    });
  }

  async function finish(...operations: Promise<unknown>[]): Promise<any> {
    let running = operations.length;
    for (const operation of operations) void operation.finally(() => running--).catch(() => {});
    for (;;) {
      // All that follows from the last reply happens before the next turn of the event loop
      do await new Promise(setImmediate);
      while (underWay > 0);
      const options = waiting.filter((step, i) => isCluster || isFirstOfItsActor(step, i));
      if (options.length > 0) await take(options);
      else if (running === 0) return Promise.all(operations);
    }
  }

  function isFirstOfItsActor({ actor }: Step, i: number): boolean {
    return waiting.findIndex((step) => step.actor === actor) === i;
  }

  async function take(options: Step[]): Promise<void> {
    const choice = choices[taken.length] ?? 0;
    taken.push({ choice, options: options.length });
    const step = options[choice]!;
    waiting.splice(waiting.indexOf(step), 1);
    await step.run();
  }

  /** The same choices but for the last that could have been another one; null: that was all. */
  function nextChoices(): number[] | null {
    const last = taken.findLastIndex(({ choice, options }) => choice + 1 < options);
    if (last === -1) return null;
    return [...taken.slice(0, last).map(({ choice }) => choice), taken[last]!.choice + 1];
  }
}
