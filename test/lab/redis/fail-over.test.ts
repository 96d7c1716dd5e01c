/** Redis servers that go and come back. These stand in for them, and only note what is done to them. */
import { setImmediate as turn } from 'node:timers/promises';
import { createFailOver } from '../../../src/lab/redis/fail-over.ts';
import { createOutage, hang } from '../../../src/lab/redis/outage.ts';
import { createRevival } from '../../../src/lab/redis/revival.ts';
import type { Server, Servers } from '../../../src/lab/redis/servers.ts';

let log: string[];
let stopping: AbortController;
let servers: Servers;
let all: Server[];

beforeEach(() => {
  log = [];
  stopping = new AbortController();
  all = ['redis/0', 'redis/1', 'sentinel/0'].map(createServer);
  servers = {
    stopping: stopping.signal,
    byName: new Map(all.map((server) => [server.name, server])),
    until: (ask: () => unknown) => ask(),
  } as unknown as Servers;
  jest.spyOn(console, 'log').mockImplementation((line: string) => void log.push(line.slice(13)));
});
afterEach(() => {
  stopping.abort();
  jest.restoreAllMocks();
});

function createServer(name: string): Server {
  const note = (what: string) => void log.push(`${what} ${name}`);
  return {
    name,
    isSentinel: name.startsWith('sentinel'),
    process: { kill: note },
    kill: async () => note('killed'),
    ask: async () => 'PONG',
  } as unknown as Server;
}

async function until(isDone: () => boolean): Promise<void> {
  while (!isDone()) await turn();
}

describe('a failover', () => {
  it('kills the primary, and says which server has taken its writes', async () => {
    const [first, second] = all as [Server, Server];
    const { failOver } = createFailOver(servers, {
      findPrimary: async () => first,
      findSuccessor: async (gone) => (gone === first ? second : null),
      startAgain: async () => {},
    });

    expect(await failOver()).toBe(
      'redis/0 was killed, and redis/1 took its writes after 0.0 seconds. ' +
        'redis/0 comes back as a replica in 5 seconds.',
    );
    expect(log).toEqual(['killed redis/0']);
    await expect(failOver()).rejects.toThrow('redis/0 is still away. Try again when it is back.');
  });

  it('is refused while another one looks for a successor', async () => {
    let succeed!: (server: Server) => void;
    const { failOver } = createFailOver(servers, {
      findPrimary: async () => all[0]!,
      findSuccessor: () => new Promise((resolve) => (succeed = resolve)),
      startAgain: async () => {},
    });
    const first = failOver();
    await until(() => log.length === 1);

    await expect(failOver()).rejects.toThrow('redis/0 is still away.');
    await until(() => Boolean(succeed));
    succeed(all[1]!);
    await first;
    expect(log).toEqual(['killed redis/0']);
  });

  it('brings the killed server back also when no other takes over', async () => {
    const { failOver } = createFailOver(servers, {
      findPrimary: async () => all[0]!,
      findSuccessor: () => Promise.reject(new Error('No luck.')),
      startAgain: async () => {},
    });

    await expect(failOver()).rejects.toThrow('No luck.');
    await expect(failOver()).rejects.toThrow('redis/0 is still away.');
  });
});

describe('a server that has ended by itself', () => {
  it('is started until it is back, and says each time what came of it', async () => {
    let attempts = 0;
    const { revive, away } = createRevival(servers, 10, async () => {
      if (++attempts < 3) throw new Error(`no luck ${attempts}`);
    });
    const reviving = revive(all[0]!, 'signal SIGKILL');
    expect([...away]).toEqual([all[0]]);
    await reviving;

    expect(log).toEqual([
      'redis/0 ended (signal SIGKILL), and lost what it had in memory. It starts again in 0.01 s.',
      'redis/0 is not back: no luck 1',
      'redis/0 is not back: no luck 2',
      'redis/0 is back.',
    ]);
    expect([...away]).toEqual([]);
  });

  it('is not started any more when all stop', async () => {
    const startAgain = jest.fn();
    const { bringBack } = createRevival(servers, 60_000, startAgain);
    const coming = bringBack(all[0]!);
    stopping.abort();
    await coming;

    expect(startAgain).not.toHaveBeenCalled();
  });
});

describe('an outage', () => {
  it('stops all servers but the Sentinels, and lets them go on', async () => {
    await createOutage(servers)(0.01);

    expect(log).toEqual([
      'SIGSTOP redis/0',
      'SIGSTOP redis/1',
      'SIGCONT redis/0',
      'SIGCONT redis/1',
    ]);
  });

  it('is alone, but may follow another one, and one after which a server does not answer', async () => {
    const outage = createOutage(servers);
    const first = outage(0.01);
    await expect(outage(1)).rejects.toThrow('Redis hangs already. Try again when that is over.');
    await first;

    jest.spyOn(servers, 'until').mockRejectedValueOnce(new Error('No luck.'));
    await expect(outage(0.01)).rejects.toThrow('No luck.');
    await outage(0.01);
    expect(log.filter((line) => line.startsWith('SIGCONT'))).toHaveLength(6);
  });

  it('ends when all stop: a process that hangs could not be stopped', async () => {
    const hanging = hang(all, 60_000, stopping.signal);
    await until(() => log.length === 3);
    stopping.abort();
    await hanging;

    expect(log.slice(3)).toEqual(['SIGCONT redis/0', 'SIGCONT redis/1', 'SIGCONT sentinel/0']);
  });
});
