/** Runs operations on one Redis in every order in which their commands can mix. */
import type { RedisClient } from '../../src/redis/client.ts';

/** Commands that wait for their turn. The order of others makes no difference to the outcome. */
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

/** Commands that only read. */
const READS = ['get', 'zscore', 'zrevrange'];

interface Step {
  actor: number;
  keys: string[];
  isRead: boolean;
  run(): Promise<void>;
}

/** Returns a client for one operation, whose commands wait for their turn. */
export type Actor = () => RedisClient;

/**
 * Calls `round` once for each order of the commands in `steps`, and returns the number of orders.
 * `round` starts its operations, each on a client from `actor`, and gets their results from `finish`.
 *
 * Commands for different keys, and commands that only read, make no difference to each other. Orders
 * that differ by nothing else have the same outcome: one of them is run.
 *
 * One connection keeps the order of an actor's own commands. The connections of a Cluster do not:
 * there, commands that were sent together come in any order as well.
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
    const schedule = new Schedule(choices, isCluster, new Set(steps));
    await round(
      () => schedule.createActor(redis),
      (...operations) => schedule.finish(operations),
    );
    orders++;
    choices = schedule.nextChoices();
  }
  return orders;
}

/**
 * Calls `round` again and again, on clients that let `event` happen before the first command, then
 * before the second, and so on, until `round` sends no more. Returns the number of its commands.
 */
export async function beforeEachCommand(
  redis: RedisClient,
  event: () => Promise<unknown>,
  round: (client: RedisClient) => Promise<void>,
): Promise<number> {
  for (let position = 0; ; position++) {
    let sent = 0;
    let happened: Promise<unknown> | undefined;
    const client = new Proxy(redis, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (!STEPS.includes(String(name))) return value.bind(target);
        return async (...words: unknown[]) => {
          if (sent++ === position) happened = event();
          await happened; // those that were sent together keep their order
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

/** Runs the steps of all actors one after the other, in the order that `choices` begin. */
class Schedule {
  readonly #choices: number[];
  readonly #isCluster: boolean;
  readonly #steps: Set<string>;
  readonly #waiting: Step[] = [];
  readonly #taken: { choice: number; options: number }[] = [];
  #actors = 0;
  /** What was done last, and what could have been done instead. */
  #last: { step: Step; instead: Step[] } | null = null;
  /** Commands that are no steps, and have no reply yet. */
  #underWay = 0;

  constructor(choices: number[], isCluster: boolean, steps: Set<string>) {
    this.#choices = choices;
    this.#isCluster = isCluster;
    this.#steps = steps;
  }

  createActor(redis: RedisClient): RedisClient {
    const actor = this.#actors++;
    return new Proxy(redis, {
      get: (target, name) => {
        if (name === 'isCluster') return this.#isCluster;
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        if (!this.#steps.has(String(name)))
          return (...words: unknown[]) => this.#follow(value.apply(target, words));
        return (...words: unknown[]) =>
          this.#takeStep(actor, String(name), words, () => value.apply(target, words));
      },
    });
  }

  /** Runs steps until all operations are done. Resolves to their results. */
  async finish(operations: Promise<unknown>[]): Promise<any> {
    let running = operations.length;
    for (const operation of operations) void operation.finally(() => running--).catch(() => {});
    for (;;) {
      // All that follows from the last reply happens before the next turn of the event loop
      do await new Promise(setImmediate);
      while (this.#underWay > 0);
      const options = this.#waiting.filter((step) => this.#isCluster || this.#isNextOf(step));
      if (options.length > 0) await this.#take(options);
      else if (running === 0) return Promise.all(operations);
    }
  }

  /** Returns the same choices up to the last that could differ, and that one changed; or null. */
  nextChoices(): number[] | null {
    const last = this.#taken.findLastIndex(({ choice, options }) => choice + 1 < options);
    if (last === -1) return null;
    const same = this.#taken.slice(0, last).map(({ choice }) => choice);
    return [...same, this.#taken[last]!.choice + 1];
  }

  #follow(reply: unknown): unknown {
    if (!(reply instanceof Promise)) return reply;
    this.#underWay++;
    void reply.catch(() => {}).finally(() => this.#underWay--);
    return reply;
  }

  #takeStep<Reply>(
    actor: number,
    name: string,
    words: unknown[],
    command: () => Promise<Reply>,
  ): Promise<Reply> {
    const keys = name === 'eval' ? words.slice(2, 2 + Number(words[1])) : words.slice(0, 1);
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        actor,
        keys: keys.map(String),
        isRead: READS.includes(name),
        run: () => command().then(resolve, reject),
      });
    });
  }

  #isNextOf(step: Step): boolean {
    return this.#waiting.find(({ actor }) => actor === step.actor) === step;
  }

  /** Returns true if this step could have come before the last one, with the same outcome. */
  #isOutOfTurn(step: Step): boolean {
    if (!this.#last?.instead.includes(step)) return false;
    const { step: last } = this.#last;
    return step.actor < last.actor && !affect(step, last);
  }

  async #take(possible: Step[]): Promise<void> {
    const inTurn = possible.filter((step) => !this.#isOutOfTurn(step));
    const options = inTurn.length > 0 ? inTurn : possible.slice(0, 1);
    const choice = this.#choices[this.#taken.length] ?? 0;
    this.#taken.push({ choice, options: options.length });
    const step = options[choice]!;
    this.#last = { step, instead: possible };
    this.#waiting.splice(this.#waiting.indexOf(step), 1);
    await step.run();
  }
}

function affect(one: Step, other: Step): boolean {
  const haveSameKey = one.keys.some((key) => other.keys.includes(key));
  return haveSameKey && !(one.isRead && other.isRead);
}
