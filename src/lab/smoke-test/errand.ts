/** The smoke test of one service plan, with an app and a service instance of its own. */
import { randomBytes } from 'node:crypto';
import { Problem } from '../command-line/problem.ts';
import { untilInstances } from '../load-test/scaling.ts';
import { checkLogin, checkRedis, describeTls, findOrigin, writeAndRead } from './app.ts';
import type { Cf } from './cf.ts';
import { createStep, explain, type Leftover, removeAll, type Step } from './steps.ts';

interface Errand {
  /** As in `cf create-service SERVICE PLAN`. */
  service: string;
  /** Its commands fail as soon as the signal is aborted. */
  cf: Cf;
  signal: AbortSignal;
  /** Removes what was made, even when the signal is aborted. */
  cleaner: Cf;
  /** What is to be removed at this moment. */
  leftovers: Leftover[];
}

const LOG_LINES = 10;

/** Prints a line for each step. Resolves to whether the plan works and nothing of the test is left. */
export async function testPlan(errand: Errand, plan: string): Promise<boolean> {
  const { cleaner, signal, leftovers } = errand;
  const name = `smoke-test-${randomBytes(4).toString('hex')}`;
  const step = createStep(plan);
  try {
    await runSteps(errand, plan, name, step);
  } catch (error) {
    explain(error);
    if (!signal.aborted) await showLog(cleaner, name);
    return false;
  } finally {
    await removeAll(leftovers, step);
  }
  return leftovers.length === 0;
}

/** The app and the service instance have the same name. */
async function runSteps(errand: Errand, plan: string, name: string, step: Step): Promise<void> {
  const { service, cf, cleaner, signal, leftovers } = errand;

  leftovers.push({ words: ['delete-service', name, '-f'], remove: deleteService });
  await step('create-service', async () => {
    await cf.run('create-service', service, plan, name);
    await cf.untilFinished(name);
  });

  const words = ['delete', name, '-f', '-r']; // with its route and its binding
  leftovers.push({ words, remove: () => cleaner.run(...words) });
  await step('push', async () => void (await cf.run('push', name, '--no-start')));

  await step('bind-service', async () => {
    await cf.run('bind-service', name, name);
    await cf.untilFinished(name);
  });
  await step('start', async () => void (await cf.run('start', name)));

  const origin = await step('health', async () => findOrigin(await readRoute(cf, name), signal));
  await step('Redis', () => checkRedis(origin));
  await step('write and read', () => writeAndRead(origin));
  await step('scale to 2', async () => {
    await cf.run('scale', name, '-i', '2');
    await untilInstances(origin, 2, signal);
  });
  await step('login at both', () => checkLogin(origin, signal));
  await step('TLS', () => describeTls(origin));
  await step('unbind-service', async () => void (await cf.run('unbind-service', name, name)));

  async function deleteService() {
    await cleaner.untilFinished(name).catch(() => {}); // one that has failed is deleted as well
    await cleaner.run('delete-service', name, '-f');
    await cleaner.untilDeleted(name);
  }
}

/** Returns the first route of the app. Throws a problem when it has none. */
export async function readRoute(cf: Cf, app: string): Promise<string> {
  const route = /^routes:[ \t]+([^\s,]+)/m.exec(await cf.run('app', app))?.[1];
  if (!route) throw new Problem(`\`cf app ${app}\` names no route.`);
  return route;
}

/** Prints the last lines that the app has logged, if it has. */
async function showLog(cf: Cf, app: string): Promise<void> {
  const log = await cf.run('logs', app, '--recent').catch(() => '');
  const lines = log.trimEnd().split('\n').slice(-LOG_LINES);
  if (log) console.log(lines.join('\n').replace(/^/gm, '  '));
}
