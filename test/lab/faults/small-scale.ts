/** The faults of the table in docs/proof.md at a small scale: seconds instead of minutes. */
import { runLab } from '../../support/lab.ts';
import { withLightApp } from '../../support/light-app.ts';

/** By suites, and by the numbers that the program gives them. Lists of one suite run side by side. */
export const SHARES: Record<'redis' | 'instances' | 'attacks', [number, string][][]> = {
  redis: [
    [
      [1, 'Redis killed and started again, AOF `always`'],
      [3, 'Primary killed under Sentinel'],
      [6, 'Primary killed under Cluster'],
      [9, 'Connection to Redis reset every second'],
      [11, 'Memory full, `noeviction`'],
    ],
    [
      [2, 'Redis stops answering for 10 s (SIGSTOP)'],
      [4, 'Primary killed under Sentinel, `REDIS_WAIT_REPLICAS=1`'],
      [7, 'Primary killed under Cluster, `REDIS_WAIT_REPLICAS=1`'],
      [10, 'Link to Redis with 300 ms latency, and 2 % of its packets lost'],
      [12, 'Memory full, `allkeys-lru`'],
    ],
    [
      [5, 'Planned failover (`SENTINEL FAILOVER`)'],
      [8, 'All slots of a Cluster’s primary move to another'],
    ],
  ],
  instances: [
    [
      [13, 'An app instance killed'],
      [14, 'An app instance stops for 5 s (SIGSTOP)'],
      [15, 'An app instance out of file descriptors for 5 s'],
    ],
    [
      [16, 'Rolling restart of all instances'],
      [17, 'Credentials of Redis rotated'],
      [18, 'Clock of one instance an hour off'],
    ],
    [
      [19, '10,000 hostile requests to an instance'],
      [20, 'A million random session ids'],
    ],
  ],
  attacks: [
    [
      [21, 'Names and passwords of 900 KB of combining marks'],
      [22, '1 MB of JSON objects, ten at a time'],
      [23, '200 bodies of 1 MB that do not end, and 50 of a byte per second'],
    ],
    [
      [25, '20 sign-ups at a time from one address'],
      [26, '20 right sign-ins at a time from one address'],
    ],
    [
      [24, '60 readers of 1 MB, and one of 200 MB, that do not read'],
      [27, 'Memory full, each `maxmemory-policy` in turn'],
    ],
  ],
};

const SECONDS = '2';

/** Faults that make instances hash more than they can: where hashes are quick, there is none. */
const HASHING = [25, 26];

/** What is late beside all other tests says little: `npm run faults` has a machine to itself. */
const LATE = / LATE$/;

interface Row {
  name: string;
  /** The promises that were broken, but for what was late. */
  broken: string[];
  measured: string;
}

/** A test for each fault of a suite. */
export function itHolds(suite: keyof typeof SHARES): void {
  const lists = SHARES[suite];
  const rows: Row[] = [];
  beforeAll(async () => {
    rows.push(...(await Promise.all(lists.map(runList))).flat());
  }, 240_000);

  it.each(lists.flat().map(([, name]) => name))('%s', (name) => {
    const row = rows.find((each) => each.name === name);
    expect(row).toBeDefined();
    // All that was measured shows why a promise was broken
    expect(row!.broken.length > 0 ? row!.measured : '').toBe('');
  });
}

async function runList(list: [number, string][]): Promise<Row[]> {
  const numbers = list.map(([number]) => number).join();
  const light = list.some(([number]) => HASHING.includes(number)) ? [] : withLightApp;
  const args = ['--fault', numbers, '--seconds', SECONDS, ...light];
  const { said } = await runLab('faults/faults', args);
  return said.split('\n').filter(isRow).map(readRow);
}

function isRow(line: string): boolean {
  return /^\|.*\| (yes|\*\*no\*\*) +\|/.test(line);
}

/** What was broken comes first, in capitals. */
function readRow(line: string): Row {
  const [, name = '', , , measured = ''] = line.split('|').map((cell) => cell.trim());
  const broken = measured.split('; ').filter((part) => part === part.toUpperCase());
  return { name, broken: broken.filter((part) => !LATE.test(part)), measured };
}
