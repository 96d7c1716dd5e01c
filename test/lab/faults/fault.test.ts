/** What is gathered about a fault, in a lab in which nothing happens but what the test says. */
import { instanceFaults } from '../../../src/lab/faults/catalogue/instances.ts';
import { createFault, type Evidence } from '../../../src/lab/faults/fault.ts';
import type { Lab } from '../../../src/lab/faults/lab.ts';
import { FULL_SCALE } from '../../../src/lab/faults/plan.ts';
import { serve } from '../../support/serve.ts';
import { observe, outcome } from './fixtures.ts';

const CALM = observe([outcome(0)], 0, { requests: 100 });
const SEEN = observe([outcome(0, 'HTTP 503'), outcome(100)], 0, { requests: 200 });

/** This process stands for an instance, the one that has started it for another. */
const [ONE, OTHER] = [process.pid, process.ppid];

/** A lab with instances of these processes. `log` has what happened, in its order. */
function createLab(pids: number[]) {
  const log: string[] = [];
  const running = { pids };
  return {
    running,
    ends: [] as string[],
    log,
    instances: { list: () => running.pids.map((pid) => [{ pid }]) },
    redis: { ask: async (word: string) => (word === 'DBSIZE' ? log.length : 'evicted_keys:0') },
    async underLoad(happening: () => Promise<void>, { after }: { after?: number } = {}) {
      if (after === 0.5) return CALM; // it would rest for seconds
      log.push('load begins');
      await happening();
      log.push('load ends');
      return SEEN;
    },
  };
}

type FakeLab = ReturnType<typeof createLab>;

/** Runs a fault, and returns the evidence with what was found. */
async function run(lab: FakeLab, act: () => unknown = () => {}, calm?: number) {
  let evidence!: Evidence<unknown>;
  const fault = createFault({
    name: 'a fault',
    promise: 'nothing is lost',
    calm,
    prepare: async () => void lab.log.push('prepared'),
    happening: async () => {
      lab.log.push('broken');
      return act();
    },
    judge(given) {
      evidence = given;
      return [
        ['it broke', false],
        ['it held', true],
      ];
    },
    describe: () => ['3 pieces', '2 s'],
  });
  const finding = await fault.run(lab as unknown as Lab, FULL_SCALE);
  return { finding, evidence };
}

it('is prepared before the load, and broken under it', async () => {
  const lab = createLab([ONE]);
  const { finding, evidence } = await run(lab, () => 'what it has measured');

  expect(lab.log).toEqual(['prepared', 'load begins', 'broken', 'load ends']);
  expect(evidence).toMatchObject({ observation: SEEN, calm: null, found: 'what it has measured' });
  expect(evidence.outage).toMatchObject({ failed: 1 });
  expect(finding).toEqual({ broken: ['it broke'], figures: '3 pieces; 2 s' });
});

it('measures what is held before the load and after it', async () => {
  const { evidence } = await run(createLab([ONE]));

  expect([evidence.before.keys, evidence.after.keys]).toEqual([1, 4]); // lines of the log
});

it('is compared with a load without it, where it says so', async () => {
  expect((await run(createLab([ONE]), () => {}, 10)).evidence.calm).toBe(CALM);
});

it('counts the instances that were not replaced, and has how the others ended', async () => {
  expect((await run(createLab([ONE, OTHER]))).evidence).toMatchObject({ kept: 2, ends: [] });

  const lab = createLab([ONE]);
  const { evidence } = await run(lab, () => {
    lab.running.pids = [OTHER];
    lab.ends.push('signal SIGKILL');
  });
  expect(evidence).toMatchObject({ kept: 0, ends: ['signal SIGKILL'] });
});

it.each([
  ['the same', 0, []],
  ['another', 3600, ['the clock matters']],
])('finds out whether instances tell %s time of expiry', async (_, apart, broken) => {
  const fault = instanceFaults.find(({ name }) => name === 'Clock of one instance an hour off')!;
  let asked = 0;
  const origin = await serve((_request, response) => {
    const expiresAt = new Date(Date.UTC(2026, 0) + 1000 * apart * (asked++ % 2)).toISOString();
    response.setHeader('Set-Cookie', 'session=1');
    response.end(JSON.stringify({ expiresAt }));
  });
  const lab = { ...createLab([ONE, OTHER]), origin };
  const finding = await fault.run(lab as unknown as Lab, FULL_SCALE);

  expect(finding.broken).toEqual(broken);
  expect(finding.figures).toMatch(`times of expiry that lie ${apart.toFixed(1)} s apart`);
});
