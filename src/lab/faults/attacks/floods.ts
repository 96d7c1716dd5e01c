/** Requests that each cost the hash of a password, twenty at a time from one address. */
import { randomBytes } from 'node:crypto';
import { form, repeat, send, type Tally, type Target } from './wire.ts';

const PARALLEL = 20;

export function floodWithSignUps(target: Target, signal: AbortSignal): Promise<Tally> {
  return repeat(PARALLEL, signal, () => enter(target, 'sign-up', newAccount(), signal));
}

/** The password is right each time, and the account the attacker's own. */
export async function floodWithSignIns(target: Target, signal: AbortSignal): Promise<Tally> {
  const account = newAccount();
  const signedUp = await enter(target, 'sign-up', account, signal);
  if (signedUp !== '201') throw new Error(`POST /session/sign-up was answered ${signedUp}`);
  return repeat(PARALLEL, signal, () => enter(target, 'sign-in', account, signal));
}

function enter(target: Target, way: string, account: URLSearchParams, signal: AbortSignal) {
  return send(target, form(target, `POST /session/${way}`, account.toString()), signal);
}

function newAccount(): URLSearchParams {
  const text = () => randomBytes(8).toString('hex');
  return new URLSearchParams({ username: `flood-${text()}`, password: text() });
}
