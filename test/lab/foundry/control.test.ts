/** Commands from another terminal, and the controls on the page: who is heard, and what is said. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, get, type IncomingMessage } from 'node:http';
import os from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Problem } from '../../../src/lab/command-line/problem.ts';
import type { Commands } from '../../../src/lab/foundry/control/commands.ts';
import { type Control, send, startControl } from '../../../src/lab/foundry/control/control.ts';
import { startPageControl } from '../../../src/lab/foundry/control/page-control.ts';
import { stopAtEnd } from '../../support/cleanup.ts';

const directory = mkdtempSync(join(os.tmpdir(), 'control-'));
const path = (port: number) => join(directory, `foundry-${port}.sock`);
beforeAll(() => void jest.spyOn(os, 'tmpdir').mockReturnValue(directory));
afterAll(() => {
  jest.restoreAllMocks();
  rmSync(directory, { recursive: true });
});

const commands = {
  scale: async (count: number) => `The app has ${count} instances.`,
  kill: () => Promise.reject(new Problem('There is no instance 7.')),
  restart: () => Promise.reject(new TypeError('a defect')),
} as unknown as Commands;

describe('a foundry', () => {
  const port = 1;
  const stop = jest.fn();
  let control: Control;
  beforeAll(async () => {
    writeFileSync(path(port), ''); // left behind by one that was killed
    control = await startControl({ port, commands, stop });
  });

  it('does what it is told, and says what came of it', async () => {
    expect(await send({ command: 'scale', number: 4, port })).toBe('The app has 4 instances.');
  });

  it.each([
    ['kill', 'There is no instance 7.'],
    ['restart', 'a defect'],
    ['toString', 'Unknown command: toString'],
  ])('says why it does not: %s', async (command, sentence) => {
    await expect(send({ command: command as 'kill', number: 7, port })).rejects.toThrow(
      new Problem(sentence),
    );
  });

  it('says that it has stopped when all else has, and no sooner', async () => {
    let isStopped = false;
    const stopping = send({ command: 'stop', port }).finally(() => (isStopped = true));
    // Another one is answered meanwhile
    await send({ command: 'scale', number: 1, port });
    expect(stop).toHaveBeenCalledTimes(1);
    expect(isStopped).toBe(false);
    await control.close();

    expect(await stopping).toBe('Stopped.');
  });
});

describe('a command', () => {
  it('finds no foundry where one has left its socket behind', async () => {
    writeFileSync(path(2), '');

    await expect(send({ command: 'status', port: 2 })).rejects.toThrow(
      new Problem(
        'No foundry runs at port 2. Start one with `npm run foundry`, or say with --port where it is.',
      ),
    );
  });

  it('says so when the foundry ends meanwhile', async () => {
    const server = createServer(({ socket }) => socket.destroy()).listen(path(3));
    await once(server, 'listening');
    stopAtEnd(async () => void server.close());

    await expect(send({ command: 'restart', port: 3 })).rejects.toThrow(
      new Problem('The foundry ended before that was done.'),
    );
  });
});

describe('the page’s controls', () => {
  const socketPath = join(directory, 'page.sock');
  const URL = 'http://192.0.2.7:8080';

  async function ask(audienceUrl: string | null, way: string) {
    const instances = { list: () => [[], []] };
    const { close } = await startPageControl({
      path: socketPath,
      commands,
      instances,
      audienceUrl,
    });
    const [answer] = (await once(get({ socketPath, path: `/foundry/${way}` }), 'response')) as [
      IncomingMessage,
    ];
    const body = await text(answer);
    await close();
    return { status: answer.statusCode, headers: answer.headers, body };
  }

  it.each([null, URL])(
    'know the number of instances, and the audience: %j',
    async (audienceUrl) => {
      const { status, headers, body } = await ask(audienceUrl, 'state');

      expect([status, JSON.parse(body)]).toEqual([
        200,
        { instances: 2, mostInstances: 20, audienceUrl },
      ]);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
    },
  );

  it('have a QR code only where there is an audience', async () => {
    expect(await ask(URL, 'audience.svg')).toMatchObject({ status: 200 });
    expect(await ask(null, 'audience.svg')).toMatchObject({
      status: 404,
      body: 'The foundry has no such control.',
    });
  });
});
