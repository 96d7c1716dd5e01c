/** `npm run smoke-test`: its steps, what it says of a service that does not work, and that nothing is left. */
import { setTimeout as sleep } from 'node:timers/promises';
import { runLab, startLab } from '../../support/lab.ts';
import { until } from '../../support/until.ts';
import { type Command, type Platform, startPlatform } from './platform.ts';

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform();
});

afterEach(() => {
  expect([...platform.apps, ...platform.services.keys()]).toEqual([]);
});

describe('npm run smoke-test -- redis-sb dedicated-vm', () => {
  it('makes, binds, asks and removes, with a line for each step', async () => {
    const { code, said } = await run(['dedicated-vm']);

    expect(said.replaceAll(/\d+(\.\d+)? m?s/g, 'TIME').replaceAll(/127\.0\.0\.1:\d+/g, 'APP')).toBe(
      [
        'dedicated-vm  create-service  ok      TIME',
        'dedicated-vm  push            ok      TIME',
        'dedicated-vm  bind-service    ok      TIME',
        'dedicated-vm  start           ok      TIME',
        'dedicated-vm  health          ok      TIME  http://APP',
        'dedicated-vm  Redis           ok      TIME  Redis works (SET TIME, GET TIME, DEL TIME)',
        'dedicated-vm  write and read  ok      TIME',
        'dedicated-vm  scale to 2      ok      TIME',
        'dedicated-vm  login at both   ok      TIME',
        'dedicated-vm  TLS             ok      TIME  v1.2, v1.3',
        'dedicated-vm  unbind-service  ok      TIME',
        'dedicated-vm  delete          ok      TIME',
        'dedicated-vm  delete-service  ok      TIME',
        '',
        '1 of 1 plans work.',
        '',
      ].join('\n'),
    );
    expect(code).toBe(0);
    const names = new Set(platform.calls.join('\n').match(/smoke-test-\w+/g));
    expect(names.size).toBe(1);
    const first = platform.calls
      .slice(1, 13)
      .map((call) => call.replaceAll(/smoke-test-\w+/g, 'NAME'));
    expect(first).toEqual([
      'create-service redis-sb dedicated-vm NAME',
      'service NAME',
      'push NAME --no-start',
      'bind-service NAME NAME',
      'service NAME',
      'start NAME',
      'app NAME',
      'scale NAME -i 2',
      'unbind-service NAME NAME',
      'delete NAME -f -r',
      'service NAME',
      'delete-service NAME -f',
    ]);
  });

  it('waits for a broker that takes its time, and says why it has failed', async () => {
    const states = ['in progress', 'failed'];
    const { code, said } = await run(['shared-vm'], {
      service(name) {
        if (!platform.services.has(name!)) throw new Error(`Service instance ${name} not found`);
        return `status:    create ${states.shift() ?? 'failed'}\nmessage:   no machine is left`;
      },
    });

    expect(states).toEqual([]);
    expect(said).toMatch(
      /^shared-vm {2}create-service {2}FAILED {2}.* s\n {2}The service broker has failed: no machine is left$/m,
    );
    expect(code).toBe(1);
  });

  it('says what cf says of a plan that is not offered, and tests the others', async () => {
    const { code, said } = await run(['great-vm', 'broken-vm']);

    expect(said).toMatch(
      /^great-vm {2}create-service {2}FAILED {2}.* s\n {2}`cf create-service .*` has failed: Service plan 'great-vm' not found\.$/m,
    );
    expect(said).toMatch(
      /^broken-vm {2}Redis {11}FAILED {2}.* s\n {2}Redis does not work: Redis refuses the user name or password/m,
    );
    expect(said).toMatch(/^ {2}2026-01-01T00:00:00 \[APP\/PROC\/WEB\/0\] OUT a line of the log$/m);
    expect(said).toMatch(/\n0 of 2 plans work\.\n$/);
    expect(code).toBe(1);
  });

  it('removes all when a binding fails, and when the app does not start', async () => {
    const { code, said } = await run(['shared-vm', 'dedicated-vm'], {
      'bind-service': (_, name) =>
        platform.services.get(name!) === 'shared-vm' ? fail('The broker rejected it.') : 'OK',
      start: () => fail('Start unsuccessful'),
    });

    expect(said).toMatch(/`cf bind-service .*` has failed: The broker rejected it\.$/m);
    expect(said).toMatch(/`cf start .*` has failed: Start unsuccessful$/m);
    expect(said.match(/^.* {2}delete-service {2}ok /gm)).toHaveLength(2);
    expect(code).toBe(1);
  });

  it('names what it cannot remove of a plan that works, with the command to type', async () => {
    const { code, said } = await run(['shared-vm'], {
      'delete-service': (name) => {
        platform.services.delete(name!); // for the tests that follow
        return fail('The service broker is away.');
      },
    });

    expect(said).toMatch(
      /\nLeft behind\. To remove it, type:\n\n {2}cf delete-service smoke-test-\w+ -f\n/,
    );
    expect(said.match(/ FAILED /g)).toHaveLength(1);
    expect(said).toMatch(/\n0 of 1 plans work\.\n$/);
    expect(code).toBe(1);
  });

  it('removes all on Ctrl-C', async () => {
    const { code, said } = await run(
      ['shared-vm', 'dedicated-vm'],
      {
        start: () => sleep(60_000, '', { ref: false }),
      },
      'SIGINT',
    );

    expect(said).toMatch(/^shared-vm {2}start {11}FAILED {2}.* s\n {2}Interrupted\.$/m);
    expect(said).toMatch(/^shared-vm {2}delete-service {2}ok /m);
    expect(said).toMatch(/\n0 of 2 plans work\.\n$/);
    expect(code).toBe(1);
  });

  it.each<[string, string, (sentence: string) => string]>([
    ['not logged in', "Not logged in. Use 'cf login' or 'cf login --sso' to log in.", fail],
    ['not directed at a space', "No space targeted, use 'cf target -s SPACE'", (said) => said],
  ])('makes nothing when cf is %s', async (_, sentence, target) => {
    const { code, said } = await run(['shared-vm'], { target: () => target(sentence) });

    expect(said).toContain(sentence);
    expect(platform.calls).toEqual(['target']);
    expect(code).toBe(2);
  });

  it('says where to find cf when there is none', async () => {
    platform.answerOtherwise();
    const env = { ...platform.env, PATH: '/nowhere' };
    const { code, said } = await runLab('smoke-test/smoke-test', ['redis-sb', 'shared-vm'], {
      env,
    });

    expect(said).toMatch(/^There is no cf on the PATH\. Install .*\n\n {2}https:.*\n$/);
    expect(code).toBe(2);
  });
});

/** Returns what the program prints. With a signal, sends it as soon as `cf start` is called. */
async function run(
  plans: string[],
  changes: Record<string, Command> = {},
  signal?: NodeJS.Signals,
) {
  platform.answerOtherwise(changes);
  const args = ['redis-sb', ...plans];
  const program = await startLab('smoke-test/smoke-test', args, { env: platform.env });
  if (signal) {
    await until('cf start', () => platform.calls.some((call) => call.startsWith('start ')), {
      limit: 30_000,
    });
    program.signal(signal);
  }
  return { code: await program.ended, said: program.output() };
}

function fail(sentence: string): never {
  throw new Error(sentence);
}
