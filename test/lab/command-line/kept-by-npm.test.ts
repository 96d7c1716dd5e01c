/** The options that npm keeps when the `--` before them is forgotten, as npm 11 hands them on. */
import { withKeptOptions } from '../../../src/lab/command-line/kept-by-npm.ts';
import { createProgram } from '../../../src/lab/command-line/program.ts';
import { createFoundryProgram } from '../../../src/lab/foundry/arguments.ts';

const nothing = async () => {};
const foundry = createFoundryProgram({ start: nothing, send: nothing });

/** Returns the words that the foundry, or one of its commands, reads. */
function read(words: string, kept: Record<string, string>, command?: string): string {
  const env = Object.entries(kept).map(([name, value]) => [`npm_config_${name}`, value]);
  const asked = foundry.commands.find((each) => each.name() === command) ?? foundry;
  return withKeptOptions(asked, words.split(' ').filter(Boolean), Object.fromEntries(env)).join(
    ' ',
  );
}

describe('options that npm has kept', () => {
  it.each([
    ['--port=8081', '', { port: '8081' }, '--port 8081'],
    ['--port 8081', '8081', { port: 'true' }, '--port 8081'],
    ['--sticky --port 8081', '8081', { port: 'true', sticky: 'true' }, '--sticky --port 8081'],
    ['--port=0 --redis=cluster', '', { port: '0', redis: 'cluster' }, '--port 0 --redis cluster'],
    ['-- --port 8081', '--port 8081', {}, '--port 8081'],
  ])('reach npm run foundry %s', (_, words, kept, understood) => {
    expect(read(words, kept)).toBe(understood);
  });

  it.each([
    ['status --port=8081', 'status', { port: '8081' }, 'status --port 8081'],
    ['status --port 8081', 'status 8081', { port: 'true' }, 'status --port 8081'],
    ['--port 8081 scale 4', '8081 scale 4', { port: 'true' }, 'scale 4 --port 8081'],
    ['scale 4 --port 8081', 'scale 4 8081', { port: 'true' }, 'scale 4 --port 8081'],
    ['scale 4', 'scale 4', { instances: '1,2' }, 'scale 4'], // of the program that runs it
  ])('reach the commands, as in npm run foundry %s', (_, words, kept, understood) => {
    const command = words.includes('scale') ? 'scale' : 'status';
    expect(read(words, kept, command)).toBe(understood);
  });

  it.each([
    ['--redis cluster --instances 2', 'cluster 2', { redis: 'true', instances: 'true' }],
    ['--port', '', { port: 'true' }],
  ])('are asked for again where it is not clear which word is theirs: %s', (_, words, kept) => {
    expect(() => read(words, kept)).toThrow(
      /^npm has kept --.* to itself. Write -- before all options.$/,
    );
  });

  it('are not taken from npm, which has an option --cpu itself', () => {
    expect(read('', { cpu: 'arm64' })).toBe('');
  });

  it('have names of several words, and are not --json or --only, which npm has itself', () => {
    const program = createProgram('example')
      .option('--warm-up <N>')
      .option('--json <FILE>')
      .option('--only <NAME>');
    const env = { npm_config_warm_up: '5', npm_config_json: 'true', npm_config_only: 'prod' };
    expect(withKeptOptions(program, [], env)).toEqual(['--warm-up', '5']);
  });
});
