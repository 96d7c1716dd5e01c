/** Requests to the app. Whoever wants to know hears which instance answered. */

const PATIENCE = 5000; // milliseconds

const listeners = new Set();

/** Calls the listener with `{index, guid}`, of which the GUID has its first eight characters. */
export function onAnswer(listener) {
  listeners.add(listener);
}

/**
 * Never throws. `instance` is null when no instance of the app has answered: then it was the
 * router, or nobody, and `status` is 0. `json` is null for what is no JSON.
 */
export async function ask(method, path, { body, accept = 'application/json' } = {}) {
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const response = await fetch(path, { method, body, headers: { Accept: accept }, signal });
    const text = await response.text();
    const instance = parseInstance(response.headers.get('X-App-Instance'));
    if (instance) for (const listener of listeners) listener(instance);
    const date = Date.parse(response.headers.get('Date'));
    return { status: response.status, instance, date, text, json: parse(text) };
  } catch {
    return { status: 0, instance: null, date: NaN, text: '', json: null };
  }
}

function parseInstance(header) {
  const [, index, guid] = /^(\d+)\/(.+)$/.exec(header ?? '') ?? [];
  return guid ? { index: Number(index), guid } : null;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
