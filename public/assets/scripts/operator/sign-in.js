/** The form by which the operator signs in. */
import { create } from '../elements.js';
import { fault, field, form, heading, input, submit } from './parts.js';
import { operator as words } from '../words.js';

/** `text` says why the form is shown, if not for the first time. */
export function showSignIn({ signIn, text, onSignedIn }) {
  const problem = fault(text);
  const password = input('password', {
    type: 'password',
    autocomplete: 'current-password',
    required: true,
  });
  const element = form(
    async (fields, { elements }) => {
      problem.textContent = (await signIn(fields.password)) ?? '';
      elements.password.value = '';
      if (problem.textContent === '') await onSignedIn();
      else elements.password.focus();
    },
    problem,
    field(words.password, password),
    submit(words.signIn, { className: 'primary' }),
  );
  const idle = create('p', { className: 'note', textContent: words.idle });
  return [create('section', { className: 'narrow' }, heading(words.signIn), element, idle)];
}
