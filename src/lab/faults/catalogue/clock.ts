/** The clock of one instance is wrong. */
import type { Fault } from '../fault.ts';
import { inLab, type Lab } from '../lab.ts';
import { describeLoad } from '../observation.ts';
import { startOne } from '../redis-services.ts';
import { afterWrongClock } from '../verdicts.ts';

const LATE = `
const now = () => Real.now() + 3600 * 1000;
const Real = Date;
globalThis.Date = class extends Real {
  constructor(...when) { super(...(when.length > 0 ? when : [now()])); }
  static now = now;
};`;
const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(LATE)}`;

export const clock: Fault = {
  name: 'Clock of one instance an hour off',
  promise: 'timeouts unaffected, nobody signed out',

  run: (plan) =>
    inLab(
      {
        plan,
        bind: startOne,
        settings: (index): Record<string, string> => (index === 0 ? { NODE_OPTIONS } : {}),
      },
      async (lab) => {
        let spread = Infinity;
        const observation = await lab.underLoad(async () => {
          spread = await measureSpread(lab);
        });
        return {
          broken: afterWrongClock(observation, spread),
          figures:
            `${describeLoad(observation)}; ` +
            `the instances tell times of expiry that lie ${spread.toFixed(1)} s apart`,
        };
      },
    ),
};

/** In seconds, of what every instance says of one session. */
async function measureSpread({ origin, instances }: Lab): Promise<number> {
  const account = new URLSearchParams({ username: 'punctual', password: 'correct horse battery' });
  const signUp = await fetch(`${origin}/session/sign-up`, { method: 'POST', body: account });
  const Cookie = signUp.headers.getSetCookie()[0]!.split(';')[0]!;
  const expiries: number[] = [];
  for (const _ of instances.list()) {
    const answer = await fetch(`${origin}/session/me`, { headers: { Cookie } });
    const { expiresAt } = (await answer.json()) as { expiresAt: string };
    expiries.push(Date.parse(expiresAt) / 1000);
  }
  return Math.max(...expiries) - Math.min(...expiries);
}
