/** What may follow `npm run foundry --`. */
import { readArguments } from '../../../src/lab/foundry/arguments.ts';

const DEFAULTS = { command: 'start', port: 8080, instances: 3, redis: 'standalone', settings: {} };

describe('npm run foundry --', () => {
  it.each([
    ['', DEFAULTS],
    ['--instances 20 --port 0', { ...DEFAULTS, instances: 20, port: 0 }],
    ['--sticky', { ...DEFAULTS, settings: { STICKY_SESSIONS: 'true' } }],
    ['--sessions memory', { ...DEFAULTS, settings: { SESSIONS: 'memory' } }],
    ['--sessions redis', DEFAULTS],
    ['--redis cluster', { ...DEFAULTS, redis: 'cluster' }],
    ['--help', 'help'],
    ['fail-over', { command: 'fail-over', port: 8080 }],
    ['status', { command: 'status', port: 8080 }],
    ['scale 4 --port 9000', { command: 'scale', number: 4, port: 9000 }],
    ['kill 0', { command: 'kill', number: 0, port: 8080 }],
    ['restart', { command: 'restart', port: 8080 }],
    ['stop', { command: 'stop', port: 8080 }],
  ])('understands "%s"', (line, task) => {
    expect(readArguments(split(line))).toEqual(task);
  });

  it.each([
    ['--instances 0', '"0" is no number of instances: it goes from 1 to 20.'],
    ['--instances 21', '"21" is no number of instances: it goes from 1 to 20.'],
    ['--port http', '"http" is no port.'],
    ['--sessions cookie', '--sessions is either redis or memory, and not "cookie".'],
    [
      '--redis ring',
      '"ring" is no topology: choose one of standalone, tls, replicated, sentinel, cluster.',
    ],
    ['dance', '"dance" is no command.'],
    ['toString', '"toString" is no command.'],
    ['scale', 'It is: scale N'],
    ['scale many', '"many" is no number of instances: it goes from 1 to 20.'],
    ['kill', 'It is: kill INDEX'],
    ['kill 1 2', 'It is: kill INDEX'],
    ['kill -- -1', '"-1" is no index of an instance.'],
    ['stop now', 'stop takes no further words.'],
    ['restart --sticky', '--sticky is for the start: restart does not take it.'],
    ['--colour', "Unknown option '--colour'"],
  ])('refuses "%s"', (line, sentence) => {
    expect(() => readArguments(split(line))).toThrow(sentence);
  });
});

function split(line: string): string[] {
  return line.split(' ').filter(Boolean);
}
