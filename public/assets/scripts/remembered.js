/** The user whom this tab has signed in. With SESSIONS=memory, not every instance knows that. */
import { words } from './words.js';

const SIGNED_IN = 'signed-in';

export function remember(user) {
  sessionStorage.setItem(SIGNED_IN, user);
}

export function forget() {
  sessionStorage.removeItem(SIGNED_IN);
}

/** Returns null when nobody has signed in. The form has told no name to the page, but led to it. */
export function recall() {
  return sessionStorage.getItem(SIGNED_IN) ?? (isFromForm() ? words.visitor : null);
}

function isFromForm() {
  const [navigation] = performance.getEntriesByType('navigation');
  return navigation?.redirectCount > 0 && /\/session\/sign-(in|up)(\?|$)/.test(document.referrer);
}
