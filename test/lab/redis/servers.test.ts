/** What Redis servers are told, and which lines of their log are printed. */
import { formatConfiguration, watchLog } from '../../../src/lab/redis/servers.ts';

describe('the configuration of a server', () => {
  const encryption = { ca: '', caFile: '', configuration: ['tls-cert-file redis.crt'] };
  const read = (plan: Partial<Parameters<typeof formatConfiguration>[0]>) =>
    formatConfiguration({ name: 'redis', ...plan }, 7000).split('\n');

  it('has it on this machine only, and in memory', () => {
    expect(read({})).toEqual(['bind 127.0.0.1', 'port 7000', 'save ""', 'appendonly no', '']);
  });

  it.each([
    [{ password: 'secret' }, ['requirepass secret']],
    [{ encryption }, ['port 0', 'tls-port 7000', 'tls-cert-file redis.crt']],
  ])('has, with %j, further lines', (plan, lines) => {
    expect(read(plan)).toEqual([
      'bind 127.0.0.1',
      'port 7000',
      ...lines,
      'save ""',
      'appendonly no',
      '',
    ]);
  });

  it('ends with its own lines, which come after those of every server', () => {
    expect(read({ configuration: ['appendonly yes'] }).slice(-3)).toEqual([
      'appendonly no',
      'appendonly yes',
      '',
    ]);
  });

  it('saves nothing of a Sentinel, which takes no such line', () => {
    expect(read({ isSentinel: true })).toEqual(['bind 127.0.0.1', 'port 7000', '']);
  });
});

describe('the log of a server', () => {
  let printed: string[];
  beforeEach(() => {
    printed = [];
    jest
      .spyOn(console, 'log')
      .mockImplementation((line: string) => void printed.push(line.slice('redis      | '.length)));
  });
  afterEach(() => jest.restoreAllMocks());

  const line = (level: string, text: string) => `7:M 01 Jan 2026 00:00:00.123 ${level} ${text}`;
  const ready = line('*', 'Ready to accept connections tcp');

  it.each([ready, '7:X 01 Jan 2026 00:00:00.123 # Sentinel ID is 0123456789'])(
    'says that it serves: %s',
    async (last) => {
      const log = watchLog('redis');
      log.read(last);
      await expect(log.ready).resolves.toBeUndefined();
    },
  );

  it('is printed while it serves where it warns, or has no level', () => {
    const { read } = watchLog('redis');
    read(ready);
    for (const level of '.-*#') read(line(level, `of level ${level}`));
    read('of no level');

    expect(printed).toEqual(['of level #', 'of no level']);
  });

  it('is kept before that, and not printed: it warns at each start', () => {
    const { read, text } = watchLog('redis');
    read(line('#', 'memory overcommit must be enabled'));
    read(ready);
    read(line('#', 'later'));

    expect(printed).toEqual(['later']);
    expect(text()).toBe([line('#', 'memory overcommit must be enabled'), ready].join('\n'));
  });
});
