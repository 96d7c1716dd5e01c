/** What each race sends, and how it judges: at servers that fail as they are told. */
import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Instances, RUN } from '../../../src/lab/races/race.ts';
import { stopAtEnd } from '../../support/cleanup.ts';

/** Longer than the requests take that come after a sign-out. */
const SOME_TIME = 50; // milliseconds

interface Faults {
  /** A write that has read the session before the sign-out, and is stored some time after it. */
  late?: string;
  /** Writes that are confirmed and not kept. */
  lost?: string[];
  /** Writes that are answered with 401. */
  refused?: string[];
  /** Instances that know the session again when a write ends after the sign-out. */
  revivedAt?: number[];
  /** The status of every write; 0 for no answer. */
  status?: number;
}

/** Two instances that share one session. `log` names the requests in their order. */
async function startInstances({
  late,
  lost = [],
  refused = [],
  revivedAt = [],
  status,
}: Faults = {}) {
  const fields: Record<string, string> = {};
  const log: string[] = [];
  let signedInAt = [0, 1];
  const signOuts = new EventEmitter();
  const signedOut = once(signOuts, 'done');
  const instances = [await start(0), await start(1)] as Instances;
  return { instances, log };

  async function start(index: number): Promise<string> {
    const server = createServer((request, response) => void answer(index, request, response));
    server.listen(0, '127.0.0.1');
    stopAtEnd(async () => void server.close());
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async function answer(index: number, request: IncomingMessage, response: ServerResponse) {
    const [, page, field = ''] = request.url!.split('/').slice(1);
    log.push(`${request.method} ${page} at ${index}`);
    const isSignedIn = signedInAt.includes(index) || field === late;
    const body = new URLSearchParams(await text(request));
    if (page === 'sign-up') end(201, { user: body.get('username') });
    else if (!isSignedIn) end(401);
    else if (page === 'sign-out') {
      signedInAt = [];
      signOuts.emit('done');
      end(200);
    } else if (request.method === 'PUT') {
      if (field === late) await signedOut.then(() => sleep(SOME_TIME));
      log.push(`stored at ${index}`);
      if (signedInAt.length === 0) signedInAt = revivedAt;
      if (!lost.includes(field)) fields[field] = body.get('data')!;
      end(refused.includes(field) ? 401 : (status ?? 201));
    } else end(200, fields);

    function end(code: number, content: object = {}) {
      if (code === 0) return void request.socket.destroy();
      response.writeHead(code, { 'Set-Cookie': 'id=1' }).end(JSON.stringify(content));
    }
  }
}

const course = { user: 'racer', requests: 8 };

describe('parallel writes', () => {
  const run = (faults: Faults) =>
    startInstances(faults).then(({ instances }) => RUN.writes({ ...course, instances }));

  it('are all kept by a server without faults', async () => {
    expect(await run({})).toEqual({ done: 8, undone: 0 });
  });

  it('are lost when they were confirmed and cannot be read', async () => {
    expect(await run({ lost: ['field-2', 'field-7'] })).toEqual({ done: 8, undone: 2 });
  });

  it('do not count when they were refused', async () => {
    const faults = { lost: ['field-2'], refused: ['field-2', 'field-3'] };
    expect(await run(faults)).toEqual({ done: 6, undone: 0 });
  });

  it('go to both instances', async () => {
    const { instances, log } = await startInstances();
    await RUN.writes({ ...course, instances });

    for (const index of [0, 1]) {
      expect(log.filter((line) => line === `PUT data at ${index}`)).toHaveLength(4);
    }
  });

  it.each([
    [500, /^PUT data\/field-\d of a session was answered with 500\.$/],
    [302, /^PUT data\/field-\d of a session was answered with 302\.$/],
    [0, /^PUT data\/field-\d of a session got no answer: other side closed\.$/],
  ])('end the run when they are answered with %i', async (status, message) => {
    await expect(run({ status })).rejects.toThrow(message);
  });
});

describe.each(['sign-outs amid requests', 'sign-outs amid an upload'] as const)('%s', (race) => {
  it('end the session at a server without faults', async () => {
    const { instances } = await startInstances();

    expect(await RUN[race]({ ...course, instances })).toEqual({ done: 1, undone: 0 });
  });
});

describe('a sign-out amid requests', () => {
  it('comes among writes and reads at both instances', async () => {
    const { instances, log } = await startInstances();
    await RUN['sign-outs amid requests']({ ...course, instances });

    const count = (line: string) => log.filter((each) => each === line).length;
    expect([count('PUT data at 0'), count('PUT data at 1')]).toEqual([2, 2]);
    // And at last one at each instance
    expect([count('GET me at 0'), count('GET me at 1')]).toEqual([2 + 1, 2 + 1]);
  });
});

describe('a sign-out amid requests, half of them before it', () => {
  it('comes between them', async () => {
    const { instances, log } = await startInstances();
    await RUN['sign-outs amid requests']({ ...course, instances });

    // Requests with a body take longer to arrive
    expect(log.filter((line) => /^(GET|POST).* 0$/.test(line))).toEqual([
      'POST sign-up at 0',
      'GET me at 0',
      'POST sign-out at 0',
      'GET me at 0',
      'GET me at 0',
    ]);
  });

  it.each(['field-1', 'field-4'])('is undone when one of them brings it back: %s', async (late) => {
    const { instances, log } = await startInstances({ late, revivedAt: [0] });
    const outcome = await RUN['sign-outs amid requests']({ ...course, instances });

    expect(outcome).toEqual({ done: 1, undone: 1 });
    expect(log.slice(-2).toSorted()).toEqual(['GET me at 0', 'GET me at 1']);
  });
});

describe('a sign-out amid an upload', () => {
  it('happens while the other instance has the headers of a write, and not its body', async () => {
    const { instances, log } = await startInstances();
    await RUN['sign-outs amid an upload']({ ...course, instances });

    expect(log.slice(0, 4)).toEqual([
      'POST sign-up at 0',
      'PUT data at 1',
      'POST sign-out at 0',
      'stored at 1',
    ]);
    expect(log.slice(4).toSorted()).toEqual(['GET me at 0', 'GET me at 1']);
  });

  it.each([[[0]], [[1]], [[0, 1]]])(
    'is undone when the session is back at %j',
    async (revivedAt) => {
      const { instances } = await startInstances({ revivedAt });
      const outcome = await RUN['sign-outs amid an upload']({ ...course, instances });

      expect(outcome).toEqual({ done: 1, undone: 1 });
    },
  );
});
