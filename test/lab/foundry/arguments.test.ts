/** The arguments of `npm run foundry --`. */
import {
  type Command,
  createFoundryProgram,
  type Start,
} from '../../../src/lab/foundry/arguments.ts';

const DEFAULTS = {
  port: 8080,
  host: '127.0.0.1',
  instances: 3,
  cpu: 0.2,
  redis: 'standalone',
  settings: {},
};

describe('npm run foundry --', () => {
  it.each([
    ['', DEFAULTS],
    ['--instances 20 --port 0', { ...DEFAULTS, instances: 20, port: 0 }],
    ['--instances 1 --port 65535', { ...DEFAULTS, instances: 1, port: 65535 }],
    ['--cpu 0.05', { ...DEFAULTS, cpu: 0.05 }],
    ['--host 0.0.0.0', { ...DEFAULTS, host: '0.0.0.0' }],
    ['--host ::', { ...DEFAULTS, host: '::' }],
    ['--host 127.0.0.1', DEFAULTS],
    ['--cpu 1.5', { ...DEFAULTS, cpu: 1.5 }],
    ['--cpu 0', { ...DEFAULTS, cpu: 0 }],
    ['--sticky', { ...DEFAULTS, settings: { STICKY_SESSIONS: 'true' } }],
    ['--sessions memory', { ...DEFAULTS, settings: { SESSIONS: 'memory' } }],
    ['--sessions redis', DEFAULTS],
    ['--env KEYS=closed --env A=b=c', { ...DEFAULTS, settings: { KEYS: 'closed', A: 'b=c' } }],
    [
      '--sticky --env STICKY_SESSIONS=false',
      { ...DEFAULTS, settings: { STICKY_SESSIONS: 'false' } },
    ],
    ['--redis cluster', { ...DEFAULTS, redis: 'cluster' }],
    ['fail-over', { command: 'fail-over', port: 8080 }],
    ['outage 1', { command: 'outage', number: 1, port: 8080 }],
    ['outage 60', { command: 'outage', number: 60, port: 8080 }],
    ['status', { command: 'status', port: 8080 }],
    ['scale 4 --port 9000', { command: 'scale', number: 4, port: 9000 }],
    ['scale 20', { command: 'scale', number: 20, port: 8080 }],
    ['kill 19', { command: 'kill', number: 19, port: 8080 }],
    ['kill 0', { command: 'kill', number: 0, port: 8080 }],
    ['restart', { command: 'restart', port: 8080 }],
    ['rotate', { command: 'rotate', port: 8080 }],
    ['stop', { command: 'stop', port: 8080 }],
  ])('understands "%s"', async (line, task) => {
    expect(await read(line)).toEqual(task);
  });

  it.each([
    ['--instances 0', '"0" is no number of instances: it goes from 1 to 20.'],
    ['--instances 21', '"21" is no number of instances: it goes from 1 to 20.'],
    [
      '--cpu 0.01',
      '"0.01" is no share of a core: it is a number from 0.05 up, as 0.2, or 0 for no limit.',
    ],
    ['--cpu 0.049', '"0.049" is no share of a core'],
    ['--cpu 20%', '"20%" is no share of a core'],
    ['--instances 1e1', '"1e1" is no number of instances'],
    ['--instances 0x5', '"0x5" is no number of instances'],
    ['--cpu 1e0', '"1e0" is no share of a core'],
    ['--cpu 0x1', '"0x1" is no share of a core'],
    ['--port http', '"http" is no port.'],
    ['--port 1e3', '"1e3" is no port.'],
    ['--port 0x50', '"0x50" is no port.'],
    ['--port 65536', '"65536" is no port.'],
    ['--host my-laptop', '"my-laptop" is no IP address.'],
    ['--env KEYS', '"KEYS" is no variable'],
    ['--sessions cookie', "argument 'cookie' is invalid. Allowed choices are redis, memory."],
    [
      '--redis ring',
      "argument 'ring' is invalid. Allowed choices are standalone, tls, replicated, sentinel, cluster.",
    ],
    ['dance', "unknown command 'dance'"],
    ['toString', "unknown command 'toString'"],
    ['statsu', 'Did you mean status?'],
    ['scale', "missing required argument 'N'"],
    ['scale many', '"many" is no number of instances: it goes from 1 to 20.'],
    ['kill', "missing required argument 'INDEX'"],
    ['kill 1 2', "too many arguments for 'kill'"],
    ['kill -- -1', '"-1" is no index of an instance.'],
    ['kill 100', '"100" is no index of an instance.'],
    ['kill 1x', '"1x" is no index of an instance.'],
    ['outage 1e1', '"1e1" is no length of an outage'],
    ['outage 0x5', '"0x5" is no length of an outage'],
    ['outage 0', '"0" is no length of an outage'],
    ['outage 61', '"61" is no length of an outage: it goes from 1 to 60 seconds.'],
    ['outage', "missing required argument 'SECONDS'"],
    ['stop now', "too many arguments for 'stop'"],
    ['restart --sticky', "unknown option '--sticky'"],
    ['--colour', "unknown option '--colour'"],
  ])('refuses "%s"', async (line, sentence) => {
    await expect(read(line)).rejects.toThrow(sentence);
  });
});

/** Returns what the program is asked to do. */
async function read(line: string): Promise<Start | Command | undefined> {
  let task: Start | Command | undefined;
  const take = async (given: Start | Command) => void (task = given);
  const program = createFoundryProgram({ start: take, send: take });
  await program.parseAsync(line.split(' ').filter(Boolean), { from: 'user' });
  return task;
}
