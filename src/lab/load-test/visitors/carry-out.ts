/** A single exchange, before or after the load. */
import type { Exchange, Fault } from './visitor.ts';

const TIMEOUT = 10_000; // milliseconds

/** Never rejects. The body is what the app said. */
export async function carryOut(
  origin: string,
  exchange: Exchange,
): Promise<{ fault: Fault | null; body: string }> {
  const { method, path, cookie, fields } = exchange;
  try {
    const response = await fetch(origin + path, {
      method,
      headers: { Accept: 'application/json', ...(cookie && { Cookie: cookie }) },
      body: fields && new URLSearchParams(fields),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const body = await response.text();
    const answer = { status: response.status, body, cookies: response.headers.getSetCookie() };
    return { fault: exchange.judge(answer), body };
  } catch (error) {
    exchange.miss();
    const { message, cause } = error as Error;
    return { fault: (cause as Error | undefined)?.message ?? message, body: '' };
  }
}
