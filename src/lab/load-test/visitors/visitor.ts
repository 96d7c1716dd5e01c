/** A simulated user: says what to ask next, and what is wrong with the answer. */

export interface Visitor {
  next(): Exchange;
}

/** One request, and how its answer is judged. One of `judge` and `miss` is called, once. */
export interface Exchange extends Question {
  /** Returns null for a right answer. */
  judge(answer: Answer): Fault | null;
  /** There was no answer: what was asked may be done, now or later, or never. */
  miss(): void;
}

export interface Question {
  /** What all of its kind are called in the results, as `GET /session/me`. */
  name: string;
  method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  path: string;
  cookie?: string;
  /** Sent as a form. */
  fields?: Record<string, string>;
}

export interface Answer {
  status: number;
  body: string;
  /** Of each `Set-Cookie`. */
  cookies: string[];
}

/** The two that must not be, or the kind of an error: `HTTP 503`, `timeout`, `ECONNRESET` and so on. */
export type Fault = string;

export const LOGIN_LOST = 'login lost';
export const VALUE_WRONG = 'value wrong';

/** For a status that says that the request has failed. */
export function httpError({ status }: Answer): Fault {
  return `HTTP ${status}`;
}
