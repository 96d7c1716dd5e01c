/** Requests of the operator: what an answer says, and whether the session is still there. */
import { ask } from '../http.js';
import { parseJson } from '../json.js';
import { operator as words } from '../words.js';

const ME = '/operator/me';

/** `onAnswer` hears that the session goes on, `onSignedOut` that it has ended. */
export function createRequests({ onAnswer, onSignedOut }) {
  return { send, follow, signIn };

  /**
   * Never throws. `fields` are sent as JSON. `problem` is a sentence; null when the request was
   * answered as wished.
   */
  async function send(method, path, fields) {
    const { status, json, text, date } = await ask(method, path, { body: toBody(fields) });
    await hear(status, path);
    return { status, json, date, problem: explain(status, json, text) };
  }

  function signIn(password) {
    return ask('POST', '/operator/sign-in', { body: toBody({ password }) }).then(
      ({ status, json, text }) => explain(status, json, text),
    );
  }

  /**
   * Never throws. Follows an answer that has a line of JSON for each step of a long work, until its
   * end or until `signal` cancels it. Returns the problem, or null, and the last line.
   */
  async function follow(method, path, fields, { onProgress, signal }) {
    let last = null;
    try {
      const headers = { Accept: 'application/json' };
      const response = await fetch(path, { method, body: toBody(fields), headers, signal });
      await hear(response.status, path);
      if (!response.ok) {
        const { error } = parseJson(await response.text());
        return { problem: error, last };
      }
      for await (const line of readLines(response.body)) onProgress((last = parseJson(line)));
      return { problem: last?.done ? null : (last?.problem ?? words.brokenOff), last };
    } catch {
      return { problem: signal.aborted ? words.cancelled : words.brokenOff, last };
    }
  }

  /** 401 also stands for a wrong password where one is asked for again. */
  async function hear(status, path) {
    if (status === 401 && (path === ME || (await ask('GET', ME)).status === 401)) onSignedOut();
    else if (status > 0) onAnswer();
  }
}

/** A blob has a length, which the app wants of JSON. */
function toBody(fields) {
  return fields && new Blob([JSON.stringify(fields)], { type: 'application/json' });
}

function explain(status, json, text) {
  if (status >= 200 && status < 300) return null;
  return json?.error ?? (text || words.noAnswer);
}

async function* readLines(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    yield* lines;
  }
}
