/** One request and the answer it must get. */
import { Problem } from '../foundry/problem.ts';

export interface Exchange {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  expected: { status: number; body: string };
}

const ANSWER_WITHIN = 5000; // milliseconds

/** Asks once and throws unless the answer is the expected one, to the byte. */
export async function perform(origin: string, exchange: Exchange) {
  const { method, path, headers, body, expected } = exchange;
  const answer = await ask(origin + path, { method, headers, body });

  if (answer.status === expected.status && answer.body === expected.body) return;
  throw new Problem(
    `${method} ${path} was answered with ${answer.status} "${answer.body}" instead of ` +
      `${expected.status} "${expected.body}".`,
  );
}

async function ask(url: string, request: RequestInit): Promise<Exchange['expected']> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_WITHIN) });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    throw new Problem(`${request.method} ${url} got no answer: ${(error as Error).message}.`);
  }
}
