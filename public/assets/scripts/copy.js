/** A button that copies a text. */
import { words } from './words.js';

const THANKS = 1500; // milliseconds

export function mountCopy(button, source) {
  const label = button.textContent;

  button.addEventListener('click', async () => {
    button.textContent = (await copy(source)) ? words.copied : words.selected;
    setTimeout(() => (button.textContent = label), THANKS);
  });
}

/** Over plain HTTP there is no clipboard: then the text is selected, for whoever presses Ctrl-C. */
async function copy(source) {
  try {
    await navigator.clipboard.writeText(source.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(source);
    return false;
  }
}
