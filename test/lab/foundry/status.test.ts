/** The table of the instances, as `npm run foundry -- status` prints it. */
import { createCommands } from '../../../src/lab/foundry/control/commands.ts';

type Foundry = Parameters<typeof createCommands>[0];

it('has a line for an index whose instance has crashed', async () => {
  const running = { index: 1, guid: '0123456789', state: 'running', pid: process.pid, port: 61001 };
  const foundry = {
    instances: { list: () => [[], [{ ...running, since: new Date() }]] },
    limiter: { limits: { memory: 256, cpu: 0 } },
  } as unknown as Foundry;

  const [, , ...lines] = (await createCommands(foundry).status(0)).trimEnd().split('\n');
  expect(lines).toEqual([
    expect.stringMatching(/^0 +crashed *$/),
    expect.stringMatching(/^1 +01234567 +running /),
  ]);
});
