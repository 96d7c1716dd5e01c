/** A link between app and Redis that breaks, or is slow and lossy: a proxy stands for it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fault, type Finding, type Plan, scaled } from '../fault.ts';
import { inLab } from '../lab.ts';
import type { Link } from '../link.ts';
import { describeLoad, describeOutage, findOutage, type Observation } from '../observation.ts';
import { startBehindLink } from '../redis-services.ts';
import { afterResets, afterSlowness } from '../verdicts.ts';

const RESETS = 8;
const PAUSE = 1000; // milliseconds from one to the next
const LATENCY = 300; // milliseconds, there and back
const SLOW = 8000; // milliseconds
const LOSS = 0.02;

export const resets: Fault = {
  name: 'Connection to Redis reset every second',
  promise: 'right answers or clear errors; no answer reaches another user',
  run: (plan) =>
    behindLink(plan, afterResets, async (link) => {
      for (let i = 0; i < scaled(RESETS, plan, 2); i++) {
        link.reset();
        await sleep(PAUSE);
      }
    }),
};

export const slow: Fault = {
  name: 'Link to Redis with 300 ms latency, and 2 % of its packets lost',
  promise: 'right answers or clear errors; no answer reaches another user',
  run: (plan) =>
    behindLink(
      plan,
      (seen) => afterSlowness(seen, LATENCY),
      async (link) => {
        Object.assign(link, { latency: LATENCY, loss: LOSS });
        await sleep(scaled(SLOW, plan, 2000));
        Object.assign(link, { latency: 0, loss: 0 });
      },
    ),
};

async function behindLink(
  plan: Plan,
  judge: (observation: Observation) => string[],
  happening: (link: Link) => Promise<void>,
): Promise<Finding> {
  let link: Link;
  const bind = async (servers: Parameters<typeof startBehindLink>[0]) => {
    const bound = await startBehindLink(servers);
    link = bound.link;
    return bound.credentials;
  };
  try {
    return await inLab({ bind, plan }, async (lab) => {
      const observation = await lab.underLoad(() => happening(link));
      return { broken: judge(observation), figures: describe(observation) };
    });
  } finally {
    link!.close();
  }
}

function describe(observation: Observation): string {
  const { p50, p99 } = observation.summary.latency;
  const latency = `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
  return `${describeLoad(observation)}; ${describeOutage(findOutage(observation))}; ${latency}`;
}
