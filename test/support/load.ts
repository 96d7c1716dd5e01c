/** The load test as a judge: it runs on a network of machines while something happens to them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compiled } from './lab.ts';
import type { Network } from './machines.ts';
import { until } from './until.ts';

/** It is ended before, by Ctrl-C. */
const LONGEST = 120; // seconds

export interface Judgement {
  requests: number;
  errors: Record<string, number>;
  logins: number;
  loginsLost: number;
  valuesWrong: number;
  instances: Record<string, unknown>;
}

interface Load {
  url: string;
  /** The file of the authority that has signed for it, with https. */
  authority?: string;
}

/** Begins what happens when the load has run for a second, and ends the load when it is over. */
export async function judge<Result>(
  network: Network,
  { url, authority = '' }: Load,
  happening: () => Promise<Result>,
): Promise<{ judgement: Judgement; result: Result }> {
  const directory = await network.makeDirectory('judge', 0);
  const [json, results] = [join(directory, 'summary.json'), join(directory, 'results.jsonl')];
  const options = { users: 6, rate: 60, duration: LONGEST, json, results };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const program = compiled('load-test/load-test');
  const output: string[] = [];
  const loadTest = await network.run(
    'load-test',
    ['env', `NODE_EXTRA_CA_CERTS=${authority}`, process.execPath, program, url, ...words],
    (line) => output.push(line),
  );
  await until('the load has run for a second', hasRun, { limit: 30_000, pause: 200 });
  const result = await happening();
  loadTest.kill('SIGINT');
  await loadTest.ended;
  const judgement = JSON.parse(await readFile(json, 'utf8')) as Judgement;
  return { judgement, result };

  async function hasRun(): Promise<boolean> {
    if (!loadTest.isRunning()) throw new Error(`The load test ended:\n${output.join('\n')}`);
    return (await readFile(results, 'utf8').catch(() => '')).includes('"type":"second"');
  }
}
