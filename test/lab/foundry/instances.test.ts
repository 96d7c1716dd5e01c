/** The number of instances stays as wanted, whatever happens to one of them. */
import type { Instance } from '../../../src/lab/foundry/instances/instance.ts';
import { createInstances, type Instances } from '../../../src/lab/foundry/instances/instances.ts';

/** Jest's clock does not know these timers. */
jest.mock('node:timers/promises', () => ({
  setTimeout: (delay: number, _: unknown, { signal }: { signal: AbortSignal }) =>
    new Promise((resolve, reject) => {
      setTimeout(resolve, delay);
      signal.addEventListener('abort', () => reject(new Error('aborted')));
    }),
}));

interface Fake extends Instance {
  getReady(): void;
  fail(sentence: string): void;
  end(how: string): void;
}

let launched: Fake[];
let printed: string[];
let instances: Instances;

beforeEach(() => {
  jest.useFakeTimers();
  [launched, printed] = [[], []];
  instances = createInstances(launch, (text) => void printed.push(text));
});

afterEach(() => jest.useRealTimers());

describe('the instances', () => {
  it('are done with scaling when all are ready', async () => {
    let isDone = false;
    const scaled = instances.scale(2).then(() => (isDone = true));
    await settle();
    launched[0]!.getReady();
    await settle();
    expect(isDone).toBe(false);

    launched[1]!.getReady();
    await scaled;
    expect(indexes()).toEqual([0, 1]);
  });

  it('are as many as before when a new one does not start', async () => {
    await scaleTo(2);
    const scaled = instances.scale(4);
    await settle();
    launched[2]!.getReady();
    launched[3]!.fail('No luck.');

    await expect(scaled).rejects.toThrow('No luck.');
    expect(indexes()).toEqual([0, 1]);
    await instances.scale(1); // a failure is no reason to refuse the next command
    expect(indexes()).toEqual([0]);
  });

  it('go with the highest index first', async () => {
    await scaleTo(3);
    await instances.scale(1);
    expect(indexes()).toEqual([0]);
  });

  it('do not change in two ways at a time', async () => {
    const scaled = instances.scale(1);
    await expect(instances.restart()).rejects.toThrow('The app is being scaled.');
    await settle();
    launched[0]!.getReady();
    await scaled;

    const restarted = instances.restart();
    await expect(instances.scale(2)).rejects.toThrow('The app is being restarted.');
    await settle();
    launched[1]!.getReady();
    await restarted;
  });

  it('keep the old one when a restart finds that the new one does not start', async () => {
    await scaleTo(2);
    const restarted = instances.restart();
    await settle();
    launched[2]!.fail('No luck.');

    await expect(restarted).rejects.toThrow('No luck.');
    expect(current()).toEqual([launched[0], launched[1]]);
  });

  it('start again after pauses that become longer', async () => {
    await scaleTo(1);
    for (const seconds of [1, 1, 1, 2, 4, 8, 16, 30, 30]) {
      launched.at(-1)!.end('exit code 1');
      await settle();
      expect(printed.at(-1)).toBe(`app/0 ended (exit code 1). Another one starts in ${seconds} s.`);
      expect(instances.list()).toEqual([[]]);
      await jest.advanceTimersByTimeAsync(seconds * 1000);
      launched.at(-1)!.getReady();
      await settle();
    }
  });

  it('start again at once when one has run for a minute', async () => {
    await scaleTo(1);
    for (let i = 0; i < 5; i++) {
      await jest.advanceTimersByTimeAsync(61_000);
      launched.at(-1)!.end('exit code 1');
      await jest.advanceTimersByTimeAsync(1000);
      launched.at(-1)!.getReady();
      await settle();
    }
    expect(launched).toHaveLength(6);
  });

  it('try on when one that is started again does not get ready', async () => {
    await scaleTo(1);
    launched[0]!.end('signal SIGKILL');
    await jest.advanceTimersByTimeAsync(1000);
    launched[1]!.fail('No luck.');
    await settle();

    expect(printed.at(-1)).toBe('app/0 did not start: No luck. Another one starts in 1 s.');
    await jest.advanceTimersByTimeAsync(1000);
    launched[2]!.getReady();
    await settle();
    expect(current()).toEqual([launched[2]]);
  });

  it('say so when the one to kill has just ended', async () => {
    await scaleTo(1);
    launched[0]!.end('exit code 1');
    await settle();
    await expect(instances.kill(0)).rejects.toThrow('app/0 does not run now');
  });

  it('are replaced once when one ends while it is to be replaced', async () => {
    await scaleTo(1);
    const restarted = instances.restart();
    await settle();
    launched[0]!.end('exit code 1');
    await settle();
    launched[1]!.getReady();
    await restarted;
    await jest.advanceTimersByTimeAsync(60_000);

    expect(launched).toHaveLength(2);
    expect(current()).toEqual([launched[1]]);
  });

  it('are replaced once when one is started again while it is replaced', async () => {
    await scaleTo(1);
    launched[0]!.end('exit code 1');
    await jest.advanceTimersByTimeAsync(1000);
    const restarted = instances.restart();
    await settle();
    launched[2]!.getReady();
    await restarted;
    launched[1]!.getReady();
    await settle();

    expect(current()).toEqual([launched[2]]);
  });

  it('say so when one that was killed is not started again', async () => {
    await scaleTo(1);
    const killed = instances.kill(0);
    killed.catch(() => {}); // looked at below
    await settle();
    await instances.stop();

    await expect(killed).rejects.toThrow('app/0 was killed, and is not started again.');
  });

  it('say so when they are stopped while they start', async () => {
    const scaled = instances.scale(1);
    scaled.catch(() => {}); // looked at below
    await settle();
    await instances.stop();
    launched[0]!.fail('app/0 ended by itself.');

    await expect(scaled).rejects.toThrow('app/0 was stopped in the meantime.');
  });

  it('are all gone when they are stopped, and none is started again', async () => {
    await scaleTo(2);
    launched[0]!.end('exit code 1');
    await settle();
    await instances.stop();
    await jest.advanceTimersByTimeAsync(60_000);

    expect(launched).toHaveLength(2);
    expect(instances.list()).toEqual([[], []]);
  });
});

async function scaleTo(count: number) {
  const scaled = instances.scale(count);
  await settle();
  for (const instance of launched) instance.getReady();
  await scaled;
}

async function settle() {
  await jest.advanceTimersByTimeAsync(0);
}

function current(): Instance[] {
  return instances.list().flat();
}

function indexes(): number[] {
  return current().map(({ index }) => index);
}

function launch(index: number): Promise<Fake> {
  let end!: (how: string) => void;
  let getReady!: () => void;
  let fail!: (sentence: string) => void;
  const ended = new Promise<string>((resolve) => (end = resolve));
  const ready = new Promise<void>((resolve, reject) => {
    getReady = resolve;
    fail = (sentence) => reject(new Error(sentence));
  });
  const stop = async () => end('exit code 0');
  const kill = () => end('signal SIGKILL');
  const fake: Fake = {
    index,
    guid: `guid-${launched.length}`,
    port: 1,
    pid: 1,
    state: 'running',
    since: new Date(),
    ready,
    ended,
    stop,
    kill,
    end,
    getReady,
    fail,
  };
  launched.push(fake);
  return Promise.resolve(fake);
}
