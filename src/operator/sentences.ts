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
export const CHANGED_TYPE = 'the key has another type by now';
export const KEY_EXISTS = 'the key is there already: add elements to it, or delete it first';
export const UNKNOWN_TYPE = 'type is string, list, hash, set, zset or stream';
export const NO_ELEMENT = 'no such element';
export const NO_TTL = 'the key does not expire';
export const fieldMissing = (name: string) => `${name} field missing`;
export const VALUE_TOO_LONG = 'a value may have 1 MB';
export const BAD_BYTES = 'bytes are a text, or {"hex": "…"} in JSON';
export const BAD_SCORE = 'score is a number, inf or -inf';
export const BAD_KEYS = 'keys is a list of texts, or of {"hex": "…"}';
export const BAD_MOST =
  'most is the number of keys that may be deleted: as many as GET /operator/count finds';
export const longList = (most: number) =>
  `the list has more than ${most} elements, through which Redis would search: only the elements at its ends can be removed here (end=left, end=right)`;
export const NO_SESSION = 'no such session';
export const noUser = (user: string) => `no account has the name ${JSON.stringify(user)}`;
export const NO_SENTINEL = 'Redis is bound without Sentinel';

export const REFUSED_ADMIN = 'it is for the operator of the service, who administers Redis';
export const REFUSED_SCRIPT = 'a script may use any key, and run for long';
export const REFUSED_BLOCKING = 'it may wait for long';
export const REFUSED_PUBSUB = 'listen to channels at /operator/channels';
export const REFUSED_TRANSACTION = 'several lines are one transaction already';
export const REFUSED_DANGEROUS = 'Redis marks it as dangerous: it may keep Redis busy or lose data';
export const REFUSED_CONNECTION = 'it concerns a connection, and this one ends after the command';
export const REFUSED_NAMES = 'keys are listed at /operator/keys';
export const REFUSED_UNKNOWN = 'it does not say which keys it uses';
export const refusedCommand = (name: string, reason: string) =>
  `${name.toUpperCase()} is not sent from here: ${reason}`;
export const unknownCommand = (name: string) => `Redis knows no command ${JSON.stringify(name)}`;
export const wrongArguments = (name: string) => `${name} has the wrong arguments`;
export const largeKey = (bytes: number) =>
  `the key takes ${Math.round(bytes / 1024 / 1024)} MB: look at it by pages, at /operator/keys`;
export const wrongLines = (most: number) => `command has 1 to ${most} lines`;
export const wrongQuotes = (line: string) => `the quotes of this line do not match: ${line}`;
export const WRITES = 'this changes data: send it again with write=yes';
export const NOT_EXECUTED = 'not executed: another command of the transaction was refused';
export const TOO_MANY_LISTENERS = 'too many pages listen at this instance: close some';
export const SESSION_ENDED =
  'the session has ended: what was done until then stays done; sign in again for what is left';
export const INSTANCE_ENDS = 'this instance stops: send the request again, for what is left';
