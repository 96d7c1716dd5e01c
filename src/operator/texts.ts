/** The sentences of the operator's room, in one place: to be read side by side, and translated. */

export const OFF =
  'there is no operator here: set a password of 12 characters or more, cf set-env APP OPERATOR_PASSWORD …, and cf restart APP';
export const SIGN_IN_FIRST =
  'this is for the operator alone: POST /operator/sign-in with the field password, and send the cookie of its answer';
export const PASSWORD_MISSING = 'password field missing';
export const PASSWORD_WRONG = 'the password is wrong';
export const tooManyGuesses = (seconds: number) =>
  `too many wrong passwords: try again in ${seconds} seconds`;
