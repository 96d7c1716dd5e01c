/** Put, get and delete a key, with the curl line that does the same. */

export function mountKeys(section) {
  const form = section.querySelector('form');
  const curl = section.querySelector('[data-curl]');
  const answer = section.querySelector('[data-answer]');

  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const method = event.submitter?.value ?? 'PUT';
    const { key, value } = Object.fromEntries(new FormData(form));
    curl.textContent = curlLine(method, key, value);
    answer.textContent = await send(method, key, value);
  });
  curl.textContent = curlLine('PUT', form.key.value, form.value.value);
}

async function send(method, key, value) {
  const body = method === 'PUT' ? new URLSearchParams({ data: value }) : undefined;
  try {
    const response = await fetch(`/${encodeURIComponent(key)}`, { method, body });
    return `${response.status} ${await response.text()}`;
  } catch {
    return 'The app does not answer.';
  }
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
