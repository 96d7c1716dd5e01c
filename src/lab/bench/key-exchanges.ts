/** What a client of the keys asks. */
import { perform, type Exchange } from './exchange.ts';

/** A key is written now, and read from then on. */
export async function prepareRead(origin: string, bytes: number): Promise<Exchange> {
  const key = `read-${bytes}`;
  const value = 'abcdefgh'.repeat(Math.ceil(bytes / 8)).slice(0, bytes);
  await perform(origin, write(key, value));

  return { method: 'GET', path: `/${key}`, headers: {}, expected: { status: 200, body: value } };
}

export function write(key: string, value: string): Exchange {
  return {
    method: 'PUT',
    path: `/${key}`,
    headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
    body: `data=${value}`,
    expected: { status: 201, body: 'success' },
  };
}
