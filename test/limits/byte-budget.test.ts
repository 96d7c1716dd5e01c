/** Bytes that requests share: who gets them, in which order, and who is refused. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BODIES_AND_ANSWERS, SESSION_REPLIES, VALUE_REPLIES } from '../../src/limits/budgets.ts';
import { createByteBudget } from '../../src/limits/byte-budget.ts';

const SOON = 50; // milliseconds
const LONG = 10_000; // milliseconds

const REFUSED = {
  status: 503,
  expose: true,
  headers: { 'Retry-After': '2' },
  message: 'too many bodies at a time: try again in a moment',
};

const create = (patience: number, mostWaiting?: number) =>
  createByteBudget({ size: 100, patience, mostWaiting, what: 'bodies' });

describe('a byte budget', () => {
  it('gives bytes until there are too few, and again when they are given back', async () => {
    const budget = create(SOON);
    const giveBack = await budget.take(60);
    await budget.take(40);

    await expect(budget.take(1)).rejects.toMatchObject(REFUSED);
    giveBack();
    await budget.take(60);
    await expect(budget.take(1)).rejects.toMatchObject(REFUSED);
  });

  it('refuses at once what it can never give', async () => {
    await expect(create(LONG).take(101)).rejects.toMatchObject(REFUSED);
  });

  it('refuses at once when as many wait as may', async () => {
    const budget = create(LONG, 2);
    const giveBack = await budget.take(100);
    const waiting = [budget.take(50), budget.take(50)];
    await expect(budget.take(50)).rejects.toMatchObject(REFUSED);
    giveBack();
    await Promise.all(waiting);
  });

  it('lends bytes to a task, also to one that fails', async () => {
    const budget = create(SOON);
    expect(await budget.run(100, () => Promise.resolve('done'))).toBe('done');
    const failing = budget.run(100, () => Promise.reject(new Error('failed')));
    await expect(failing).rejects.toThrow('failed');
    await budget.take(100);
  });

  it('begins no task until its bytes are free', async () => {
    const budget = create(LONG);
    const giveBack = await budget.take(100);
    const order: string[] = [];
    const task = budget.run(100, async () => order.push('task'));
    await new Promise(setImmediate);
    order.push('given back');
    giveBack();
    await task;

    expect(order).toEqual(['given back', 'task']);
  });

  it('takes bytes back only once', async () => {
    const budget = create(SOON);
    const giveBack = await budget.take(50);
    await budget.take(50);
    giveBack();
    giveBack();

    await budget.take(50);
    await expect(budget.take(1)).rejects.toMatchObject(REFUSED);
  });

  it('serves in order of arrival: a small one does not overtake a large one', async () => {
    const budget = create(LONG);
    const order: string[] = [];
    const giveBack = await budget.take(50);
    const large = budget.take(80).then((give) => (order.push('large'), give));
    const small = budget.take(10).then(() => order.push('small'));
    giveBack();
    (await large)();
    await small;

    expect(order).toEqual(['large', 'small']);
  });

  it('makes the first one wait until there is room for all that it wants', async () => {
    const budget = create(LONG);
    const [giveBack, giveBackMore] = [await budget.take(50), await budget.take(50)];
    let isServed = false;
    const large = budget.take(80).then(() => (isServed = true));
    giveBack();
    await new Promise(setImmediate);
    expect(isServed).toBe(false);
    giveBackMore();
    await large;
  });

  it('counts what those take who have waited', async () => {
    const budget = create(SOON);
    const giveBack = await budget.take(100);
    const waited = budget.take(100);
    giveBack();
    await waited;

    await expect(budget.take(1)).rejects.toMatchObject(REFUSED);
  });

  it('lets those be who were served, however long ago, even if their clients leave', async () => {
    jest.useFakeTimers();
    try {
      const budget = create(LONG);
      const client = new AbortController();
      const giveBack = await budget.take(100);
      const served = budget.take(100, client.signal);
      giveBack();
      const giveBackServed = await served;
      jest.advanceTimersByTime(LONG / 2);
      const behind = budget.take(100);
      client.abort();
      jest.advanceTimersByTime(LONG / 2);
      giveBackServed();
      await behind;
    } finally {
      jest.useRealTimers();
    }
  });

  it('serves the small one behind when the large one in front has waited too long', async () => {
    const budget = create(SOON);
    await budget.take(50);
    const large = budget.take(80);
    const small = takeLater(budget);

    await expect(large).rejects.toMatchObject(REFUSED);
    await small;
  });

  it('keeps the place of those in front of one that leaves', async () => {
    const budget = create(LONG);
    const giveBack = await budget.take(100);
    const first = budget.take(100);
    const gone = new AbortController();
    const left = budget.take(100, gone.signal);
    gone.abort();
    await expect(left).rejects.toMatchObject(REFUSED);
    giveBack();

    await first;
  });

  it('forgets a request whose client has left', async () => {
    const budget = create(LONG);
    const giveBack = await budget.take(100);
    const gone = new AbortController();
    const left = budget.take(100, gone.signal);
    const next = budget.take(100);
    gone.abort();
    await expect(left).rejects.toMatchObject(REFUSED);
    giveBack();

    await next;
  });
});

describe('the budgets of an instance', () => {
  const MEGABYTE = 1024 * 1024;
  const document = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8');
  const megabytesOf = (pattern: RegExp) => Number(pattern.exec(document)![1]);

  it('are those of docs/security.md', () => {
    const ofBodies = megabytesOf(/Large bodies and answers share (\d+) MB/);
    expect(BODIES_AND_ANSWERS.size).toBe(ofBodies * MEGABYTE);
    const ofReplies = megabytesOf(/An instance asks for (\d+) MB of replies at a time/);
    expect(VALUE_REPLIES.size + SESSION_REPLIES.size).toBe(ofReplies * MEGABYTE);
  });

  it('let nothing wait for Redis longer than a second', () => {
    for (const { patience } of [VALUE_REPLIES, SESSION_REPLIES])
      expect(patience).toBeLessThan(1000);
  });
});

/** Comes a moment after the others, so that it is still waiting when they are refused. */
async function takeLater(budget: ReturnType<typeof createByteBudget>) {
  await new Promise((resolve) => setTimeout(resolve, SOON / 2));
  return budget.take(10);
}
