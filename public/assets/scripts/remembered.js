/** The user whom this tab has signed in. With SESSIONS=memory, not every instance knows that. */

const SIGNED_IN = 'signed-in';

export function remember(user) {
  sessionStorage.setItem(SIGNED_IN, user);
}

export function forget() {
  sessionStorage.removeItem(SIGNED_IN);
}

/** Returns null when nobody has signed in. */
export function recall() {
  return sessionStorage.getItem(SIGNED_IN);
}
