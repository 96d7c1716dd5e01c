/** Put, get and delete a key, with the curl line that does the same. */
import { mountCopy } from './copy.js';
import { setText } from './elements.js';
import { formatMilliseconds } from './format.js';
import { ask } from './http.js';
import { translate, words } from './words.js';

/** A page with megabytes in it would stand still. */
const MOST_SHOWN = 10_000; // characters

/** `say` reports to the user what came of what they did. */
export function mountKeys(section, say) {
  const form = section.querySelector('form');
  const curl = section.querySelector('[data-curl]');
  const answer = section.querySelector('[data-answer]');
  let method = 'PUT';

  form.addEventListener('input', showCurl);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    method = event.submitter?.value ?? 'PUT';
    showCurl();
    const { text, by } = await send(method, form.key.value, form.value.value);
    setText(answer, text + by);
    say(text.slice(0, 100));
  });
  mountCopy(section.querySelector('[data-copy]'), curl);
  showCurl();

  function showCurl() {
    setText(curl, curlLine(method, form.key.value, form.value.value));
  }
}

async function send(method, key, value) {
  const body = method === 'PUT' ? new URLSearchParams({ data: value }) : undefined;
  const path = `/${encodeURIComponent(key)}`;
  const { status, text, instance, askedAt } = await ask(method, path, { body, accept: '*/*' });
  if (status === 0) return { text: words.noAnswer, by: '' };
  const took = formatMilliseconds(performance.now() - askedAt);
  // What is stored under the key is not the app's
  const shown = method === 'GET' && status === 200 ? text : translate(text);
  return {
    text: words.answered(status, shown.slice(0, MOST_SHOWN), shown.length - MOST_SHOWN),
    by: instance ? words.by(instance.index, took) : '',
  };
}

function curlLine(method, key, value) {
  const url = quote(`${location.origin}/${encodeURIComponent(key)}`);
  return method === 'PUT'
    ? `curl -X PUT ${url} --data-urlencode ${quote(`data=${value}`)}`
    : `curl -X ${method} ${url}`;
}

/** For a POSIX shell. */
function quote(text) {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
