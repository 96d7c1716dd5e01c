/** Says what the operator has closed, in the places where it would be. */
import { setText } from './elements.js';
import { showState } from './facts.js';

const DIAGNOSTICS = {
  closed: 'Closed to the public here (DIAGNOSTICS=closed).',
  operator: 'For the operator alone (DIAGNOSTICS=operator), who cannot sign in here yet.',
};

const KEYS = {
  closed: 'Keys are closed here (KEYS=closed).',
  'signed-in': 'Keys are for signed-in users here (KEYS=signed-in).',
};

/** For a section that shows nothing but diagnostics. */
export function closeDiagnostics(section, access) {
  keepHeadingAndState(section);
  showState(section.querySelector('[data-state]'), '', DIAGNOSTICS[access]);
}

export function closeKeys(section, access) {
  if (access === 'closed') keepHeadingAndState(section);
  const state = section.querySelector('[data-state]');
  state.hidden = false;
  setText(state, KEYS[access]);
}

function keepHeadingAndState(section) {
  for (const child of section.children) child.hidden = !child.matches('h2, [data-state]');
}
