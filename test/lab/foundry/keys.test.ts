/** The keys in the foundry's terminal. */
import { PassThrough } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { listenToKeys } from '../../../src/lab/foundry/control/keys.ts';
import type { Instance } from '../../../src/lab/foundry/instances/instance.ts';

let done: string[];
let printed: string[];
let count: number;
let raw: boolean[];
let terminal: ReturnType<typeof createTerminal>;
let keys: { close(): void };

beforeEach(() => {
  [done, printed, raw, count] = [[], [], [], 3];
  terminal = createTerminal();
  const list = () => Array.from({ length: count }, (): Instance[] => []);
  keys = listenToKeys({
    input: terminal,
    commands: {
      status: () => Promise.resolve('the table'),
      scale: (number) => note(`scale ${number}`),
      kill: (number) => note(`kill ${number}`),
      rotate: () => note('rotate'),
      'fail-over': () => note('fail-over'),
      outage: (number) => note(`outage ${number}`),
      restart: () => Promise.reject(new Error('The app is being scaled.')),
    },
    instances: { list } as Parameters<typeof listenToKeys>[0]['instances'],
    interrupt: () => void note('interrupt'),
    print: (text) => printed.push(text),
  });
});

afterEach(() => keys.close());

describe('the keys', () => {
  it.each([
    ['0', 'kill 0'],
    ['9', 'kill 9'],
    ['+', 'scale 4'],
    ['-', 'scale 2'],
    ['c', 'rotate'],
    ['f', 'fail-over'],
    ['o', 'outage 5'],
    ['q', 'interrupt'],
    ['\x03', 'interrupt'],
  ])('%j: %s', async (key, command) => {
    await press(key);
    expect(done).toEqual([command]);
  });

  it('print what came of it', async () => {
    await press('s');
    await press('r');
    await press('?');
    expect(printed).toEqual([
      'the table',
      'The app is being scaled.',
      expect.stringContaining('these keys'),
    ]);
  });

  it('neither scale to nothing nor to more than 20', async () => {
    count = 1;
    await press('-');
    count = 20;
    await press('+');
    expect(done).toEqual([]);
    expect(printed).toEqual(Array(2).fill('The app has from 1 to 20 instances.'));
  });

  it('scale to one instance, and to 20', async () => {
    count = 2;
    await press('-');
    count = 19;
    await press('+');
    expect(done).toEqual(['scale 1', 'scale 20']);
  });

  it('do nothing for other keys, even for those that come as several characters', async () => {
    for (const key of ['x', '\r', '\x1b[5~', '\x1b[A', ' ']) await press(key);
    expect([...done, ...printed]).toEqual([]);
  });

  it('leave the terminal as it was', () => {
    keys.close();
    expect(raw).toEqual([true, false]);
    expect(terminal.isPaused()).toBe(true); // otherwise the program would not end
  });
});

function createTerminal() {
  return Object.assign(new PassThrough(), { setRawMode: (isRaw: boolean) => raw.push(isRaw) });
}

async function press(key: string) {
  terminal.write(key);
  for (let i = 0; i < 3; i++) await turn();
}

async function note(command: string) {
  done.push(command);
  return command;
}
