/** Sends one HTTP request by itself, outside of any load. */

export interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

/**
 * Resolves when the whole answer is there; follows no redirect. The limit is in milliseconds. Throws
 * an error that says why there is no answer.
 */
export async function ask(url: string, request: RequestInit = {}, limit = 10_000): Promise<Answer> {
  try {
    const signal = AbortSignal.timeout(limit);
    const response = await fetch(url, { redirect: 'manual', ...request, signal });
    const { status, headers } = response;
    return { status, headers, body: await response.text() };
  } catch (error) {
    const { message, cause } = error as Error;
    throw new Error((cause as Error | undefined)?.message ?? message);
  }
}
