/** Finds what a binding says about security, and the app did not use. */
import type { Connection } from '../connection.ts';
import { connectionStringIn, parseConnectionString } from './connection-strings.ts';
import { type Field, type Fields, isFields, pemIn, textOf } from './fields.ts';
import { flatten } from './flatten.ts';
import { readKnownFields } from './known-fields.ts';
import { findSpelling, type Role, wordsOf } from './spellings.ts';

const SECRET_ROLES: Role[] = ['password', 'sentinelPassword', 'ca', 'certificate', 'key'];
const SECRET =
  /pas+w|passphrase|pwd$|secret$|token$|cert(ificate)?s?$|(crt|pem|key|store)$|(ca|cert|certificate|key)(file|path)$/;
const ABOUT_TLS = /tls|ssl|encrypt|rediss|valkeys/;
const OFF = /^(|0|false|no|off|none|null|disabled?)$/i;

/**
 * Words in the names of what the app does not need: logins of administrators, Azure's second key and
 * its port without TLS, REST APIs, encryption at rest.
 */
const NOT_NEEDED = new Set(['admin', 'non', 'rest', 'secondary']);

/**
 * Returns a sentence for each way in which the binding may have been misread: a connection without the
 * password or the certificate that it means must not go unnoticed. The sentences hold no secret.
 */
export function warnOfUnused(credentials: Fields, connection: Connection): string[] {
  const fields = flatten(credentials).flatMap(itemsOf).filter(mayBeNeeded);
  const used = secretsOf(connection);
  const secrets = fields.filter((field) => mayBeSecret(field) && !used.has(secretIn(field)));
  const unclear = connection.tls ? [] : fields.filter(isAboutTls).filter(notIn(credentials));
  const { username, password } = connection.login;
  return [
    secrets.length > 0 &&
      `these fields look like a password or a certificate, and are not used: ${list(secrets)}`,
    unclear.length > 0 &&
      `the connection is not encrypted, and these fields are not understood: ${list(unclear)}`,
    username !== null && password === null && 'there is a user name, but no password',
  ].filter((warning) => warning !== false);
}

/** Looks into lists and into objects whose fields have no meaning. */
function itemsOf({ name, value }: Field): Field[] {
  if (isFields(value)) return flatten(value, `${name}.`);
  if (!Array.isArray(value)) return [{ name, value }];
  return value.flatMap((item: unknown, index) =>
    itemsOf({ name: isFields(item) ? `${name}.${index}` : name, value: item }),
  );
}

function mayBeNeeded({ name }: Field): boolean {
  return !wordsOf(name).some((word) => NOT_NEEDED.has(word));
}

function secretsOf(connection: Connection): Set<string | null> {
  const { login, tls } = connection;
  const ofSentinel = connection.kind === 'sentinel' ? connection.sentinelLogin.password : null;
  const pems = tls ? [...tls.ca, tls.clientCertificate, tls.clientKey] : [];
  return new Set([null, login.password, ofSentinel, ...pems]);
}

function mayBeSecret({ name, value }: Field): boolean {
  if (typeof value === 'boolean') return false;
  if (connectionStringIn(value) !== null || pemIn(value) !== null) return true;
  const words = wordsOf(name);
  const role = findSpelling(words)?.role;
  return SECRET.test(words.join('')) || (role !== undefined && SECRET_ROLES.includes(role));
}

/** Returns a secret in the form in which a connection has it; null for a URI without a password. */
function secretIn({ value }: Field): string | null {
  const string = connectionStringIn(value);
  if (string === null) return pemIn(value) ?? textOf(value);
  const uri = parseConnectionString(string);
  if (!uri) return string.includes('@') ? string : null;
  return uri.password ?? uri.options.password ?? null;
}

function isAboutTls({ name, value }: Field): boolean {
  return ABOUT_TLS.test(name.toLowerCase()) && !OFF.test(textOf(value));
}

/** Keeps the fields that the app has not recognized. */
function notIn(credentials: Fields) {
  const recognized = Object.values(readKnownFields(credentials)).flat();
  const names = new Set(recognized.map(({ name }) => name));
  return ({ name }: Field) => !names.has(name);
}

function list(fields: Field[]): string {
  return [...new Set(fields.map(({ name }) => `"${name}"`))].join(', ');
}
