/** The load test scales a foundry in steps: what the README shows. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compiled, ROOT, runLab } from '../../support/lab.ts';
import { type Foundry, useFoundries } from '../foundry/support.ts';

const foundries = useFoundries();
let foundry: Foundry & { url: string; port: number };
beforeAll(async () => {
  foundry = await foundries.start({ cwd: ROOT, args: ['--instances', '1', '--cpu', '0'] });
}, 60_000);

function loadTest(...args: string[]) {
  const env = { TMPDIR: foundries.directory };
  return runLab('load-test/load-test', [foundry.url, ...args], { env });
}

it('measures one step for each number of instances, with the same logins', async () => {
  const json = join(foundries.directory, 'summary.json');
  const html = join(foundries.directory, 'report.html');
  const scale = `${process.execPath} ${compiled('foundry/foundry')} scale {n} --port ${foundry.port}`;
  const extent = [
    '--users',
    '6',
    '--rate',
    '100',
    '--duration',
    '2',
    '--instances',
    '1,3,2',
    '--scale',
    scale,
  ];
  const { code, said } = await loadTest(...extent, '--json', json, '--html', html);
  const { steps, loginsLost, logins } = JSON.parse(await readFile(json, 'utf8'));

  expect(said).toContain('No login lost, no value wrong');
  expect(steps.map((step: { count: number }) => step.count)).toEqual([1, 3, 2]);
  expect(steps.map((step: { instances: object }) => Object.keys(step.instances).length)).toEqual([
    1, 3, 2,
  ]);
  expect({ loginsLost, logins }).toEqual({ loginsLost: 0, logins: 6 });
  expect(await readFile(html, 'utf8')).toContain('No login lost, no value wrong');
  expect(code).toBe(0);
}, 120_000);

it('says which command could not scale', async () => {
  const { code, said } = await loadTest('--users', '1', '--instances', '2', '--scale', 'exit 3');

  expect(said).toContain('`exit 3` has failed (exit code 3).');
  expect(code).toBe(2);
}, 60_000);
