/** A simulated user: names the next request, and judges its answer. */

export interface Visitor {
  next(): Exchange;
}

/** One request, and the judgement of its answer. Either `judge` or `miss` is called, once. */
export interface Exchange extends Question {
  /** Returns null for a right answer. */
  judge(answer: Answer): Failure | null;
  /** No answer came: the app may have carried out the request, or may do so later, or never. */
  miss(): void;
}

export interface Question {
  /** The name of all requests of its kind in the results, as `GET /session/me`. */
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
  /** The text of each `Set-Cookie`. */
  cookies: string[];
}

/** One of the two constants below, or the kind of an error: `HTTP 503`, `timeout`, `ECONNRESET`. */
export type Failure = string;

export const LOGIN_LOST = 'login lost';
export const VALUE_WRONG = 'value wrong';

/** The failure of an answer whose status reports one. */
export function httpError({ status }: Answer): Failure {
  return `HTTP ${status}`;
}
