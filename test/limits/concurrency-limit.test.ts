/** How places are shared among addresses that want more than there are. */
import {
  createConcurrencyLimit,
  type ConcurrencyLimit,
} from '../../src/limits/concurrency-limit.ts';

const PATIENCE = 10_000; // milliseconds

/** Tasks that run until they are told to end, and the order in which they began. */
function createTasks(takeTurn: ConcurrencyLimit) {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();

  return { begun, start, end };

  function start(name: string, asker: { address?: string; signal?: AbortSignal } = {}) {
    const task = () =>
      new Promise<string>((resolve) => {
        begun.push(name);
        ends.set(name, () => resolve(name));
      });
    const done = takeTurn(task, asker);
    done.catch(() => {}); // a test that wants to know awaits it
    return done;
  }

  /** Resolves when those who wait had the occasion to begin. */
  async function end(name: string): Promise<void> {
    ends.get(name)!();
    await new Promise(setImmediate);
  }
}

const TOO_MANY = {
  status: 503,
  expose: true,
  message: 'too many tasks at a time: try again later',
  headers: { 'Retry-After': '5' },
};
const TOO_MANY_OF_ADDRESS = {
  status: 429,
  expose: true,
  message: 'too many tasks from your address at a time: try again later',
  headers: { 'Retry-After': '5' },
};

function fill<Task>(count: number, start: (i: number) => Task): Task[] {
  return Array.from({ length: count }, (_, i) => start(i));
}

function stateOf(task: Promise<string>): Promise<string> {
  const occasion = new Promise<string>((resolve) => setImmediate(resolve, 'waits'));
  return Promise.race([task.catch(() => 'refused'), occasion]);
}

const isWaiting = (state: string) => state === 'waits';

describe('a concurrency limit', () => {
  it('runs as many tasks as its limit, and others in order of arrival', async () => {
    const { begun, start, end } = createTasks(createConcurrencyLimit(2, PATIENCE, 'tasks'));
    for (const name of ['one', 'two', 'three', 'four']) void start(name);
    expect(begun).toEqual(['one', 'two']);

    await end('two');
    expect(begun).toEqual(['one', 'two', 'three']);
    void start('five');
    expect(begun).toEqual(['one', 'two', 'three']);
    await end('three');
    expect(begun).toEqual(['one', 'two', 'three', 'four']);
  });

  it('lets addresses take turns, whatever one of them asks for', async () => {
    const { begun, start, end } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
    for (const name of ['a1', 'a2', 'a3', 'a4']) void start(name, { address: 'a' });
    void start('b1', { address: 'b' });
    void start('c1', { address: 'c' });
    void start('b2', { address: 'b' });
    for (let i = 0; i < 6; i++) await end(begun.at(-1)!);

    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('prefers an address that has nothing running to one that has', async () => {
    const { begun, start, end } = createTasks(createConcurrencyLimit(2, PATIENCE, 'tasks'));
    for (const name of ['a1', 'a2', 'a3', 'a4']) void start(name, { address: 'a' });
    void start('b1', { address: 'b' });
    await end('a1');

    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('drops a task whose client leaves while it waits, and gives its place to the next', async () => {
    const { begun, start, end } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
    const client = new AbortController();
    void start('first');
    const dropped = start('dropped', { address: 'a', signal: client.signal });
    void start('next', { address: 'a' });
    client.abort();
    await expect(dropped).rejects.toMatchObject({ status: 499 });

    await end('first');
    expect(begun).toEqual(['first', 'next']);
  });

  it('gives the place of a task that it has dropped to one of another address', async () => {
    const { begun, start, end } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
    const client = new AbortController();
    void start('first');
    void start('dropped', { address: 'a', signal: client.signal });
    void start('next', { address: 'b' });
    client.abort();

    await end('first');
    expect(begun).toEqual(['first', 'next']);
  });

  it('begins no task for a client that has left', async () => {
    const { begun, start } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
    const left = start('late', { signal: AbortSignal.abort() });
    await expect(left).rejects.toMatchObject({ status: 499 });
    expect(begun).toEqual([]);
  });

  describe('with 128 tasks that wait', () => {
    it('refuses one more of the address that has them all', async () => {
      const { start } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
      void start('runs');
      const waiting = fill(128, (i) => start(`waits ${i}`, { address: 'a' }));

      await expect(start('one more', { address: 'a' })).rejects.toMatchObject(TOO_MANY_OF_ADDRESS);
      for (const each of waiting) expect(await stateOf(each)).toBe('waits');
    });

    it('lets in one of another address, and refuses the newest of the first', async () => {
      const { begun, start, end } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
      void start('runs', { address: 'a' });
      const waiting = fill(128, (i) => start(`waits ${i}`, { address: 'a' }));
      const other = start('other', { address: 'b' });

      await expect(waiting.at(-1)).rejects.toMatchObject(TOO_MANY_OF_ADDRESS);
      for (const each of [...waiting.slice(0, -1), other])
        expect(await stateOf(each)).toBe('waits');
      await end('runs');
      await end('waits 0');
      expect(begun).toEqual(['runs', 'waits 0', 'other']);
    });

    it('shares the places among three addresses', async () => {
      const { start } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
      void start('runs');
      const addresses = ['a', 'b', 'c'];
      const states = addresses.map((address) =>
        fill(200, (i) => start(`${address} ${i}`, { address })).map(stateOf),
      );
      const kept = states.map(async (each) => (await Promise.all(each)).filter(isWaiting).length);
      expect(await Promise.all(kept)).toEqual([43, 43, 42]);
    });

    it('refuses one more address when each has one task', async () => {
      const { start } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
      void start('runs');
      const waiting = fill(128, (i) => start(`waits ${i}`, { address: `address ${i}` }));

      await expect(start('late', { address: 'another' })).rejects.toMatchObject(TOO_MANY);
      for (const each of waiting) expect(await stateOf(each)).toBe('waits');
    });

    it('blames no address where none is known', async () => {
      const { start } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
      void start('runs');
      const waiting = fill(128, (i) => start(`waits ${i}`));

      await expect(start('one more')).rejects.toMatchObject(TOO_MANY);
      for (const each of waiting) expect(await stateOf(each)).toBe('waits');
    });

    it('has room for one more as soon as one of them has left', async () => {
      const { start } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
      const client = new AbortController();
      void start('runs');
      void start('leaves', { address: 'a', signal: client.signal });
      const waiting = fill(127, (i) => start(`waits ${i}`, { address: 'a' }));
      client.abort();

      expect(await stateOf(start('one more', { address: 'a' }))).toBe('waits');
      for (const each of waiting) expect(await stateOf(each)).toBe('waits');
    });
  });

  it('refuses a task that has waited for too long, and gives its place to the next', async () => {
    const { begun, start, end } = createTasks(createConcurrencyLimit(1, 10, 'tasks'));
    void start('runs');
    await expect(start('waits')).rejects.toMatchObject(TOO_MANY);
    void start('next');
    await end('runs');
    expect(begun).toEqual(['runs', 'next']);
  });

  it('leaves a task alone once it runs, however long it takes, even if its client leaves', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate'] });
    try {
      const { start, end } = createTasks(createConcurrencyLimit(1, PATIENCE, 'tasks'));
      const client = new AbortController();
      void start('first');
      const second = start('second', { address: 'a', signal: client.signal });
      await end('first');
      jest.advanceTimersByTime(2 * PATIENCE);
      client.abort();
      await end('second');
      expect(await second).toBe('second');
    } finally {
      jest.useRealTimers();
    }
  });

  it('gives back the place of a task that throws', async () => {
    const takeTurn = createConcurrencyLimit(1, PATIENCE, 'tasks');
    await expect(takeTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await takeTurn(async () => 'yes')).toBe('yes');
  });
});
