/** Put, get and delete a key, with the curl line that does the same. */
import { mountCopy } from './copy.js';
import { setText } from './elements.js';
import { ask } from './http.js';

/** A page with megabytes in it would stand still. */
const MOST_SHOWN = 10_000; // characters

export function mountKeys(section) {
  const form = section.querySelector('form');
  const curl = section.querySelector('[data-curl]');
  const answer = section.querySelector('[data-answer]');
  let method = 'PUT';

  form.addEventListener('input', showCurl);
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    method = event.submitter?.value ?? 'PUT';
    showCurl();
    setText(answer, await send(method, form.key.value, form.value.value));
  });
  mountCopy(section.querySelector('[data-copy]'), curl);
  showCurl();

  function showCurl() {
    setText(curl, curlLine(method, form.key.value, form.value.value));
  }
}

async function send(method, key, value) {
  const body = method === 'PUT' ? new URLSearchParams({ data: value }) : undefined;
  const { status, text } = await ask(method, `/${encodeURIComponent(key)}`, {
    body,
    accept: '*/*',
  });
  if (status === 0) return 'The app does not answer.';
  const rest = text.length - MOST_SHOWN;
  return `${status} ${text.slice(0, MOST_SHOWN)}${rest > 0 ? `… and ${rest} characters more` : ''}`;
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
