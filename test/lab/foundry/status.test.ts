/** What the commands for a foundry say. */
import { createCommands } from '../../../src/lab/foundry/control/commands.ts';
import type { Instance } from '../../../src/lab/foundry/instances/instance.ts';
import { measureUsage } from '../../../src/lab/foundry/usage.ts';

const NO_PROCESS = 2 ** 22 + 1; // Linux has no higher one than 2 ** 22

let list: Instance[][];
let limits: { memory: number; cpu: number };
let commands: ReturnType<typeof createCommands>;
beforeEach(() => {
  limits = { memory: 256, cpu: 0.2 };
  commands = createCommands({
    instances: { list: () => list, scale: async () => {} },
    servers: { byName: new Map() },
    limiter: {
      get limits() {
        return limits;
      },
    },
  } as unknown as Parameters<typeof createCommands>[0]);
});

function instance(index: number, pid: number): Instance {
  const since = new Date(2026, 0, 1, 9, 5, 7);
  const guid = '01234567-89ab-4def-8123-456789abcdef';
  return { index, guid, pid, port: 8081, state: 'running', since } as Instance;
}

/** Returns the lines below the headings. */
async function readStatus(): Promise<string[]> {
  return (await commands.status(0)).split('\n').slice(2);
}

describe('the status', () => {
  it('has a line for an index whose instance has crashed, and one for each instance', async () => {
    list = [[], [instance(1, process.pid), instance(1, process.pid)]];
    const line = `1 +01234567 +running +${process.pid} +8081 +09:05:07 +\\d+ of 256 MB +[\\d.]+ of 0.2`;

    expect(await readStatus()).toEqual([
      expect.stringMatching(/^0 +crashed$/),
      expect.stringMatching(`^${line}$`),
      expect.stringMatching(`^${line}$`),
    ]);
  });

  it('names no limits where none are enforced', async () => {
    limits = { memory: 0, cpu: 0 };
    list = [[instance(0, process.pid)]];

    expect((await readStatus())[0]).toMatch(/ +\d+ MB +\d+\.\d\d$/);
  });

  it('leaves out what an instance uses that ends meanwhile', async () => {
    list = [[instance(0, NO_PROCESS)]];

    expect(await measureUsage(NO_PROCESS)).toBeNull();
    expect((await readStatus())[0]).toMatch(/ 8081 +09:05:07$/);
  });
});

it.each([
  [1, 'The app has 1 instance.'],
  [2, 'The app has 2 instances.'],
])('scaling to %i says "%s"', async (count, sentence) => {
  expect(await commands.scale(count)).toBe(sentence);
});

it('an outage says how long Redis hung', async () => {
  expect(await commands.outage(0.01)).toBe('Redis hung for 0.01 seconds, and answers again.');
});
