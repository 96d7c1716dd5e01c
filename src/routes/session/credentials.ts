/** The fields of a request that proves who its user is. */
import type { Context } from 'koa';
import { findExcess } from '../../accounts/rules.ts';
import type { Client } from '../../accounts/sign-in.ts';
import { signalClientLeft } from '../../http/client-left.ts';
import { type FormFields, readFields, readText } from '../../http/form.ts';

/** For a whole form, in which each byte may be escaped. */
const LIMIT = 16 * 1024; // bytes

export interface Credentials {
  username: string;
  password: string;
}

/** Throws 400 for a field that is missing or too long. */
export async function readCredentials(ctx: Context): Promise<Credentials> {
  return takeCredentials(ctx, await readFields(ctx, LIMIT));
}

/** Reads the credentials and the password that is to be. Throws 400 as readCredentials does. */
export async function readPasswordChange(ctx: Context) {
  const fields = await readFields(ctx, LIMIT);
  const credentials = takeCredentials(ctx, fields);
  const newPassword = takeText(ctx, fields, 'new-password');
  refuseExcess(ctx, credentials.username, newPassword);
  return { credentials, newPassword };
}

/** From where the request comes, and whether its client still waits for the answer. */
export function clientOf(ctx: Context): Client {
  return { address: ctx.ip, signal: signalClientLeft(ctx) };
}

function takeCredentials(ctx: Context, fields: FormFields): Credentials {
  // For the form, should it be shown again
  ctx.state.username = readText(ctx, fields, 'username');
  const username = takeText(ctx, fields, 'username');
  const password = takeText(ctx, fields, 'password');
  refuseExcess(ctx, username, password);
  return { username, password };
}

function takeText(ctx: Context, fields: FormFields, name: string): string {
  const text = readText(ctx, fields, name);
  ctx.assert(text, 400, `${name} field missing`);
  return text;
}

function refuseExcess(ctx: Context, name: string, password: string): void {
  const excess = findExcess(name, password);
  if (excess) ctx.throw(400, excess);
}
