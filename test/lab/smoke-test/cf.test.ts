/** How what `cf` prints is read, in the words of its versions 6 to 8. */
import childProcess from 'node:child_process';
import timers from 'node:timers/promises';
import { Problem } from '../../../src/lab/command-line/problem.ts';
import { checkCf, createCf } from '../../../src/lab/smoke-test/cf.ts';
import { readRoute } from '../../../src/lab/smoke-test/errand.ts';

interface End {
  code?: number | string;
  killed?: boolean;
  stdout?: string;
  stderr?: string;
}

type Callback = (error: Error | null, end: End) => void;

const cf = createCf(900);
afterEach(() => jest.restoreAllMocks());

/** Has `cf` end in these ways, one after the other. Returns the commands. */
function ending(...ends: End[]): string[] {
  const asked: string[] = [];
  const left = [...ends];
  jest.spyOn(timers, 'setTimeout').mockImplementation(async () => {});
  jest.spyOn(childProcess, 'execFile').mockImplementation(((...call: unknown[]) => {
    const [program, words, , done] = call as [string, string[], object, Callback];
    asked.push([program, ...words].join(' '));
    const end = { stdout: '', stderr: '', ...left.shift() };
    const isFailure = end.code !== undefined || end.killed;
    done(isFailure ? Object.assign(new Error('it has failed'), end) : null, end);
  }) as unknown as typeof childProcess.execFile);
  return asked;
}

describe('a service broker', () => {
  const DONE = { stdout: 'Showing status of last operation:\n   status:    create succeeded' };

  it.each(['create in progress', 'update in progress', 'delete in progress', 'create initial'])(
    'is waited for while the status is: %s',
    async (status) => {
      const asked = ending({ stdout: `   status:    ${status}` }, DONE);
      await cf.untilFinished('NAME');

      expect(asked).toEqual(['cf service NAME', 'cf service NAME']);
    },
  );

  it.each(['create', 'update', 'delete'])('has failed: %s failed', async (operation) => {
    const said = `status:    ${operation} failed\n   message:   no machine is left\n   started:   now`;
    ending({ stdout: said }, { stdout: said.replace('no machine is left', '') });

    await expect(cf.untilFinished('NAME')).rejects.toThrow(
      new Problem('The service broker has failed: no machine is left'),
    );
    await expect(cf.untilFinished('NAME')).rejects.toThrow(
      new Problem('The service broker has failed: no message'),
    );
  });
});

describe('a service instance', () => {
  it.each([
    { code: 1, stderr: "Service instance 'NAME' not found" },
    { code: 1, stdout: 'FAILED\nService instance NAME Not Found' },
  ])('is gone when it is not found, and no sooner: %j', async (end) => {
    const asked = ending({ stdout: 'status:    delete in progress' }, end);
    await cf.untilDeleted('NAME');

    expect(asked).toHaveLength(2);
  });

  it('is not known to be gone when cf fails otherwise', async () => {
    ending({ code: 1, stderr: 'Not logged in.' });

    await expect(cf.untilDeleted('NAME')).rejects.toThrow(
      new Problem('`cf service NAME` has failed: Not logged in.'),
    );
  });
});

describe('a command', () => {
  it.each<[string, End, string]>([
    ['has failed', { code: 1, stderr: 'No luck.\n' }, '`cf push NAME` has failed: No luck.'],
    [
      'has failed, as version 6 says it',
      { code: 1, stdout: 'Pushing\nFAILED\nNo luck.\n' },
      '`cf push NAME` has failed: Pushing\n\nNo luck.',
    ],
    [
      'takes too long',
      { killed: true, stderr: 'Staging' },
      '`cf push NAME` takes too long: Staging',
    ],
  ])('%s, and says so', async (_, end, sentence) => {
    ending(end);
    await expect(cf.run('push', 'NAME')).rejects.toThrow(new Problem(sentence));
  });
});

describe('cf', () => {
  it.each([
    "No org or space targeted, use 'cf target -o ORG -s SPACE'",
    "No space targeted, use 'cf target -s SPACE'",
    "No org targeted, use 'cf target -o ORG'",
  ])('is directed at no space when it says: %s', async (sentence) => {
    ending({ stdout: `API endpoint:   https://api.example.com\n${sentence}\n` });

    await expect(checkCf(cf)).rejects.toThrow(new Problem(sentence));
  });

  it('may be used when it names org and space', async () => {
    ending({ stdout: 'org:            no-org\nspace:          no space' });

    await expect(checkCf(cf)).resolves.toBeUndefined();
  });
});

it.each([
  ['one', 'app.example.com', 'app.example.com'],
  ['the first of several', 'app.example.com, app.example.org', 'app.example.com'],
])('the route of an app is %s', async (_, routes, route) => {
  ending({
    stdout: `name:              app\nroutes:            ${routes}\nlast uploaded:     now`,
  });

  expect(await readRoute(cf, 'app')).toBe(route);
});

it('an app without a route is named', async () => {
  ending({ stdout: 'name:              app\nroutes:            \nlast uploaded:     now' });

  await expect(readRoute(cf, 'app')).rejects.toThrow(new Problem('`cf app app` names no route.'));
});
