/** Signs in a guest: a new account with a name and a password that nobody needs to think of. */
import { ask } from './http.js';

/** Without 0, 1, l and o, which are mistaken for each other. */
const LETTERS = '23456789abcdefghijkmnpqrstuvwxyz';
const NAME_LETTERS = 4;
const PASSWORD_LETTERS = 32;
const ATTEMPTS = 3;

/** Returns the answer of the app; `user` is the guest's name. A name that is taken is tried anew. */
export async function signInGuest() {
  for (let attempt = 1; ; attempt++) {
    const username = `guest-${randomText(NAME_LETTERS)}`;
    const body = new URLSearchParams({ username, password: randomText(PASSWORD_LETTERS) });
    const answer = await ask('POST', '/session/sign-up', { body });
    if (answer.status !== 409 || attempt === ATTEMPTS) return { ...answer, user: username };
  }
}

function randomText(length) {
  const bytes = crypto.getRandomValues(new Uint8Array(length));
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('');
}
