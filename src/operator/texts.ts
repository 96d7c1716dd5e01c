/** The sentences of the operator's room, in one place: to be read side by side, and translated. */

export const OFF =
  'there is no operator here: set a password of 12 characters or more, cf set-env APP OPERATOR_PASSWORD …, and cf restart APP';
export const SIGN_IN_FIRST =
  'this is for the operator alone: POST /operator/sign-in with the field password, and send the cookie of its answer';
export const PASSWORD_MISSING = 'password field missing';
export const PASSWORD_WRONG = 'the password is wrong';
export const tooManyGuesses = (seconds: number) =>
  `too many wrong passwords: try again in ${seconds} seconds`;

export const tooMuchToShow = (bytes: number) =>
  `Redis would answer more than ${bytes / 1024 / 1024} MB: too much to show`;
export const elementsTooLarge = (bytes: number) =>
  `the elements of this key have ${bytes} bytes on average: too large to show`;
export const typeNotShown = (type: string | null) =>
  type === null
    ? 'the type of this key cannot be read: Redis forbids it, or the slot of the key is moving'
    : `values of the type ${type} are not shown here`;
export const MALFORMED_KEY = 'malformed % escape in the key';
export const OWN_KEY = "keys of the app's own are not shown, changed or deleted here";
export const NO_KEY = 'key not present';
export const longPattern = (most: number) => `match may have ${most} characters`;
