/** Says what the operator has closed, in the places where it would be. */
import { setText } from './elements.js';
import { words } from './words.js';

/** For a section that shows nothing but diagnostics. */
export function closeDiagnostics(section, access) {
  keepHeadingAndState(section, words.diagnostics[access]);
}

export function closeKeys(section, access) {
  if (access === 'closed') return keepHeadingAndState(section, words.keys[access]);
  showState(section, words.keys[access]);
}

function keepHeadingAndState(section, text) {
  for (const child of section.children) child.hidden = !child.matches('h2');
  showState(section, text);
}

function showState(section, text) {
  const state = section.querySelector('[data-state]');
  state.hidden = false;
  setText(state, text);
}
