/** The fields of a request that proves who its user is. */
import type { Context } from 'koa';
import { findExcess } from '../../accounts/rules.ts';
import type { Client } from '../../accounts/sign-in.ts';
import { readFields, readText } from '../fields.ts';

/** A whole form may have as many, with each byte of the password escaped. */
const LIMIT = 16 * 1024; // bytes

export interface Credentials {
  username: string;
  password: string;
}

/** Throws 400 for a field that is missing or too long. */
export async function readCredentials(ctx: Context): Promise<Credentials> {
  const { username, password } = await readRequired(ctx, 'username', 'password');
  return { username, password };
}

/** Like readCredentials, with the password that is to be. */
export async function readPasswordChange(ctx: Context) {
  const fields = await readRequired(ctx, 'username', 'password', 'new-password');
  const { username, password, 'new-password': newPassword } = fields;
  return { username, password, newPassword };
}

/** From where the request comes, and whether its client still waits for the answer. */
export function clientOf(ctx: Context): Client {
  const left = new AbortController();
  ctx.res.once('close', () => left.abort());
  return { address: ctx.ip, signal: left.signal };
}

async function readRequired<Name extends string>(
  ctx: Context,
  ...names: ['username', ...Name[]]
): Promise<Record<Name | 'username', string>> {
  const fields = await readFields(ctx, LIMIT);
  const texts = names.map((name) => {
    const text = readText(ctx, fields, name);
    if (name === 'username') ctx.state.username = text;
    ctx.assert(text, 400, `${name} field missing`);
    return text;
  }) as [string, ...string[]];
  const excess = findExcess(...texts);
  if (excess) ctx.throw(400, excess);
  return Object.fromEntries(names.map((name, i) => [name, texts[i]])) as never;
}
