/** Requests to the app, with the instance that answered. */
import { parseJson } from './json.js';

const PATIENCE = 5000; // milliseconds

/**
 * Never throws. `instance` is null when no instance of the app has answered: then it was the
 * router, or nobody, and `status` is 0. `json` is null for what is no JSON.
 */
export async function ask(method, path, { body, accept = 'application/json' } = {}) {
  const askedAt = performance.now();
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(path, { method, body, headers: { Accept: accept }, signal });
    const text = await response.text();
    const instance = parseInstance(response.headers.get('X-App-Instance'));
    const date = Date.parse(response.headers.get('Date'));
    const answeredAt = performance.now();
    return {
      askedAt,
      answeredAt,
      status: response.status,
      instance,
      date,
      text,
      json: parse(text),
    };
  } catch {
    const answeredAt = performance.now();
    return { askedAt, answeredAt, status: 0, instance: null, date: NaN, text: '', json: null };
  }
}

function parseInstance(header) {
  const [, index, guid] = /^(\d+)\/(.+)$/.exec(header ?? '') ?? [];
  return guid ? { index: Number(index), guid } : null;
}

function parse(text) {
  try {
    return parseJson(text);
  } catch {
    return null;
  }
}
