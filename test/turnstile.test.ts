/** How places are shared among addresses that want more than there are. */
import { createTurnstile, type Turnstile } from '../src/turnstile.ts';

const PATIENCE = 10_000; // milliseconds

/** Tasks that run until they are told to end, and the order in which they began. */
function createTasks(takeTurn: Turnstile) {
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

describe('a turnstile', () => {
  it('runs as many tasks as its limit, and others in order of arrival', async () => {
    const { begun, start, end } = createTasks(createTurnstile(2, PATIENCE, 'tasks'));
    for (const name of ['one', 'two', 'three', 'four']) void start(name);
    expect(begun).toEqual(['one', 'two']);

    await end('two');
    expect(begun).toEqual(['one', 'two', 'three']);
    await end('three');
    expect(begun).toEqual(['one', 'two', 'three', 'four']);
  });

  it('lets addresses take turns, whatever one of them asks for', async () => {
    const { begun, start, end } = createTasks(createTurnstile(1, PATIENCE, 'tasks'));
    for (const name of ['a1', 'a2', 'a3', 'a4']) void start(name, { address: 'a' });
    void start('b1', { address: 'b' });
    void start('c1', { address: 'c' });
    void start('b2', { address: 'b' });
    for (let i = 0; i < 6; i++) await end(begun.at(-1)!);

    expect(begun).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('prefers an address that has nothing running to one that has', async () => {
    const { begun, start, end } = createTasks(createTurnstile(2, PATIENCE, 'tasks'));
    for (const name of ['a1', 'a2', 'a3', 'a4']) void start(name, { address: 'a' });
    void start('b1', { address: 'b' });
    await end('a1');

    expect(begun).toEqual(['a1', 'a2', 'b1']);
  });

  it('drops a task whose client leaves while it waits, and gives its place to the next', async () => {
    const { begun, start, end } = createTasks(createTurnstile(1, PATIENCE, 'tasks'));
    const client = new AbortController();
    void start('first');
    const dropped = start('dropped', { address: 'a', signal: client.signal });
    void start('next', { address: 'a' });
    client.abort();
    await expect(dropped).rejects.toMatchObject({ status: 499 });

    await end('first');
    expect(begun).toEqual(['first', 'next']);
  });

  it('begins no task for a client that has left', async () => {
    const { begun, start } = createTasks(createTurnstile(1, PATIENCE, 'tasks'));
    const left = start('late', { signal: AbortSignal.abort() });
    await expect(left).rejects.toMatchObject({ status: 499 });
    expect(begun).toEqual([]);
  });

  it('refuses the 201st task of one address that would wait, and none of another', async () => {
    const { start } = createTasks(createTurnstile(1, PATIENCE, 'tasks'));
    void start('runs');
    for (let i = 0; i < 200; i++) void start(`waits ${i}`, { address: 'a' });

    await expect(start('one more', { address: 'a' })).rejects.toMatchObject({
      status: 429,
      message: 'too many tasks from your address at a time: try again later',
      headers: { 'Retry-After': '5' },
    });
    const other = start('other', { address: 'b' });
    expect(await Promise.race([other, Promise.resolve('waits')])).toBe('waits');
  });

  it('refuses a task that has waited for too long', async () => {
    const { start } = createTasks(createTurnstile(1, 10, 'tasks'));
    void start('runs');
    await expect(start('waits')).rejects.toMatchObject({
      status: 503,
      message: 'too many tasks at a time: try again later',
      headers: { 'Retry-After': '5' },
    });
  });

  it('gives back the place of a task that throws', async () => {
    const takeTurn = createTurnstile(1, PATIENCE, 'tasks');
    await expect(takeTurn(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await takeTurn(async () => 'yes')).toBe('yes');
  });
});
