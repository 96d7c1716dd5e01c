/** The controls of a foundry on this machine, which has a router of its own. The app alone has none. */
import { create, setText } from './elements.js';
import { onKey } from './presenter.js';
import { translate, words } from './words.js';

const OUTAGE = 5; // seconds

/** Shows the controls if there is a foundry. `say` reads out what came of a command. */
export async function mountFoundry({ controls, lanes, say }) {
  const { headers } = await fetch('/status/health', { cache: 'no-store' });
  const path = headers.get('X-Foundry-Control');
  if (!path) return;

  document.head.append(
    create('link', {
      rel: 'stylesheet',
      href: new URL('../styles/foundry.css', import.meta.url).pathname,
    }),
  );
  const answer = create('p', { className: 'command-answer' });
  const underWay = new Set();
  let scaling = Promise.resolve();
  const { audienceUrl } = await readState();
  controls.append(
    answer,
    button('−', words.foundry.fewer, () => scaleBy(-1)),
    button('+', words.foundry.more, () => scaleBy(1)),
    button(words.foundry.outage(OUTAGE), null, () => send(`outage/${OUTAGE}`)),
  );
  if (audienceUrl) mountAudience(controls, `${path}audience.svg`, audienceUrl);
  controls.hidden = false;
  new MutationObserver(addKills).observe(lanes, { childList: true });
  addKills();

  function addKills() {
    for (const lane of lanes.children) {
      const place = lane.querySelector('.lane-controls');
      const { index } = lane.dataset;
      if (place.childElementCount > 0) continue;
      place.append(button('✕', words.foundry.kill(index), () => send(`kill/${index}`)));
    }
  }

  async function readState() {
    const response = await fetch(`${path}state`);
    return response.json();
  }

  /** One step after the other: the foundry refuses to scale while it scales. */
  function scaleBy(difference) {
    const step = async () => {
      const { instances } = await readState();
      await send(`scale/${instances + difference}`);
    };
    scaling = scaling.then(step).catch(showGone);
    return scaling;
  }

  /** The tape shows what came of a command: only what the foundry refuses is written. */
  async function send(command) {
    if (underWay.has(command)) return;
    underWay.add(command);
    try {
      const response = await fetch(path + command, { method: 'POST' });
      const text = translate(await response.text());
      setText(answer, response.ok ? '' : text);
      say(text);
    } catch {
      showGone();
    } finally {
      underWay.delete(command);
    }
  }

  function showGone() {
    setText(answer, words.foundry.gone);
  }
}

/** A button that shows that its command is under way, and keeps the focus meanwhile. */
function button(text, label, command) {
  const element = create('button', { type: 'button', textContent: text, ariaLabel: label });
  element.addEventListener('click', async () => {
    element.ariaBusy = 'true';
    await command();
    element.ariaBusy = 'false';
  });
  return element;
}

/** A QR code that takes phones to the app: on the button, or on the key `q`. */
function mountAudience(controls, source, url) {
  const dialog = create(
    'dialog',
    { className: 'audience', ariaLabel: words.foundry.audience },
    create('img', { src: source, alt: words.foundry.qrCode(url) }),
    create('p', { textContent: url }),
    create('form', { method: 'dialog' }, create('button', { textContent: words.close })),
  );
  const show = () => dialog.showModal();
  const open = create('button', { type: 'button', textContent: words.foundry.audience });
  open.setAttribute('aria-keyshortcuts', 'q');
  open.addEventListener('click', show);
  onKey('q', show);
  controls.append(open);
  document.body.append(dialog);
}
