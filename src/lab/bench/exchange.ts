/** One request and the answer it must get. */
import { Problem } from '../command-line/problem.ts';

export interface Exchange {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: string;
  /** Under load a running number follows the body, so that every request writes something new. */
  isNumbered?: boolean;
  expected: Expected;
}

/** A body to the byte; or the user in a JSON object whose other fields may change. */
type Expected = { status: number; body: string } | { status: number; user: string };

interface Answer {
  status: number;
  body: string;
  /** What it set, as the next request gives it back. */
  cookie: string;
}

const ANSWER_WITHIN = 5000; // milliseconds

/** Asks once and throws unless the answer is the expected one. */
export async function perform(origin: string, exchange: Exchange): Promise<Answer> {
  const { method, path, headers, body, expected } = exchange;
  const answer = await ask(origin + path, { method, headers, body });

  if (isExpected(answer, expected)) return answer;
  throw new Problem(
    `${method} ${path} was answered with ${answer.status} "${answer.body}" instead of ` +
      `${describe(expected)}.`,
  );
}

async function ask(url: string, request: RequestInit): Promise<Answer> {
  try {
    const response = await fetch(url, { ...request, signal: AbortSignal.timeout(ANSWER_WITHIN) });
    const { status, headers } = response;
    return { status, body: await response.text(), cookie: readCookies(headers) };
  } catch (error) {
    throw new Problem(`${request.method} ${url} got no answer: ${(error as Error).message}.`);
  }
}

function readCookies(headers: Headers): string {
  const pairs = headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0]);
  return pairs.join('; ');
}

function isExpected({ status, body }: Answer, expected: Expected): boolean {
  if (status !== expected.status) return false;
  return 'user' in expected ? readUser(body) === expected.user : body === expected.body;
}

function describe(expected: Expected): string {
  const { status } = expected;
  return 'user' in expected
    ? `${status} and the user "${expected.user}"`
    : `${status} "${expected.body}"`;
}

function readUser(body: string): unknown {
  try {
    return JSON.parse(body).user;
  } catch {
    return undefined;
  }
}
