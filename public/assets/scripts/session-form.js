/**
 * Remembers who signs in. The form is shown again after an error, and the page only after a sign-in: so
 * the page knows of it, also where the instance that serves it does not.
 */
import { forget, remember } from './remembered.js';

const form = document.querySelector('form');

forget();
form.addEventListener('submit', () => {
  if (/\/sign-(in|up)$/.test(form.action)) remember(form.username.value);
});
