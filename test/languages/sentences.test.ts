/** The sentences of the app: each that a page may show has a translation, and each translation a sentence. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Expression, parseSync } from '@swc/core';
import { createTranslation } from '../../public/assets/scripts/translation.js';
import { explain } from '../../src/redis/explain.ts';
import * as operatorTexts from '../../src/operator/sentences.ts';
import { LESSONS } from '../../src/operator/console/try.ts';
import { findBrokenRule, NAME_RULE, PASSWORD_RULE } from '../../src/accounts/rules.ts';
import { findEnglish, ko } from './support.ts';

const SRC = join(import.meta.dirname, '../../src');

/** Files none of whose texts reaches a page: they end the start of the app, or are for programs. */
const SILENT = [
  'accounts/common-passwords.ts',
  'config.ts',
  'cloudfoundry/instance-limits.ts',
  'cloudfoundry/operator-password.ts',
  'cloudfoundry/recognize.ts',
  'cloudfoundry/settings.ts',
  'cloudfoundry/spellings.ts',
  'cloudfoundry/trust.ts',
  'instances/running-instances.ts',
  'routes/assets.ts',
  'routes/config.ts',
  'routes/instances.ts',
  'routes/session/data.ts',
  'routes/status.ts',
  'routes/tls.ts',
  'routes/unbound.ts',
  'server.ts',
  'shutdown.ts',
];

const NOT_SHOWN = [
  // Scripts for Redis, commands to try, and the format of redis-cli
  /redis\.call|^too large$/,
  /^[A-Z]+ try/,
  /^\(empty array\)$/,
  // For curl
  /^(master name|user name|reads from|not shown|used, without a limit)$/,
  /^Redis works \(SET|bytes behind\)$/,
  / is not allowed here$/,
  // Parts of sentences of which REDIS_ERRORS and COMPOSED have examples
  /^to (run …|use this channel|keys of the app's own|this key)$|^a pattern for it, like/,
  /^(no replica has|fewer than … replicas have)$|^a JSON object that has a list of services/,
  // For the log
  /^an unknown user$|^Redis is connected: /,
  // For who changes this code
  /^A large body needs room|^A session keeps its user|^ctx\.session\.user and/,
  // Names of events and errors of others
  /^(node error|Connection is closed|Unexpected token|permissions to run)$/,
];

/** Each text of the sources as a pattern, in which anything may stand for an expression. */
interface Text {
  file: string;
  text: string;
  pattern: RegExp;
}

const texts = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.startsWith('lab/') && !SILENT.includes(file))
  .flatMap(readTexts);

const keys = Object.keys(ko.sentences).map((key) => ({
  key,
  text: key.replace(/\{\w+\}|<\w+>/g, '…'),
}));

function readTexts(file: string): Text[] {
  const found: string[][] = [];
  const source = readFileSync(join(SRC, file), 'utf8');
  collect(parseSync(source, { syntax: 'typescript' }));
  return found.map((parts) => ({
    file,
    text: parts.join('…'),
    pattern: new RegExp(`(^|… |[.:,] )${parts.map(escape).join('.*')}(?=$| ?…| \\(|[.,:] )`, 'si'),
  }));

  function collect(node: unknown): void {
    if (Array.isArray(node)) return node.forEach(collect);
    if (typeof node !== 'object' || node === null) return;
    const expression = node as Expression;
    if (isLog(expression)) return;
    const parts = partsOf(expression);
    if (parts) found.push(parts);
    (parts ? valuesIn(expression) : Object.values(node)).forEach(collect);
  }
}

/** Returns the text of an expression, cut where a value stands in it; null if it is no text. */
function partsOf(node: Expression): string[] | null {
  if (node.type === 'StringLiteral') return [node.value];
  if (node.type === 'TemplateLiteral') return node.quasis.map(({ cooked }) => cooked ?? '');
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return null;
  const [left, right] = [partsOf(node.left), partsOf(node.right)];
  if (!left || !right) return null;
  return [...left.slice(0, -1), left.at(-1)! + right[0]!, ...right.slice(1)];
}

/** Returns the values that stand in a text: some have texts themselves. */
function valuesIn(node: Expression): Expression[] {
  // The template of a type has none
  if (node.type === 'TemplateLiteral') return node.expressions ?? [];
  return node.type === 'BinaryExpression' ? [node.left, node.right].flatMap(valuesIn) : [];
}

function isLog(node: Expression): boolean {
  const name = node.type === 'CallExpression' ? (node.callee as { value?: string }).value : null;
  return name === 'log';
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Some texts are parts of others: those are found in the English ones that have a translation. */
function isTranslated(text: string): boolean {
  const example = text.replaceAll('…', '7');
  return ko.translate(example) !== example;
}

const isSentence = ({ text }: Text) => /[a-z]{2,}[,:]? [a-z]{2,}/.test(text);

describe('the sentences of the app', () => {
  it('have a translation each', () => {
    const lacking = texts
      .filter(isSentence)
      .filter(({ text }) => !NOT_SHOWN.some((pattern) => pattern.test(text)))
      .filter(({ text }) => !isTranslated(text))
      .filter(({ pattern }) => !keys.some(({ text }) => pattern.test(text)))
      .map(({ file, text }) => `${file}: ${text}`);
    expect(lacking).toEqual([]);
  });

  it('are all that is translated', () => {
    const stale = keys.filter(
      ({ text }) => !texts.some((each) => each.text.length > 2 && each.pattern.test(text)),
    );
    expect(stale.map(({ key }) => key)).toEqual([]);
  });

  it('are translated without a rest of English', () => {
    const errors = REDIS_ERRORS.map(([code, message]) =>
      Object.assign(new Error(message), code === '' ? { name: 'ReplyError' } : { code }),
    );
    const said = [
      ...errors.map((error) => explain(error)),
      ...errors.map((error) => explain(error, 'The node 10.0.0.1:7000')),
      ...Object.values(operatorTexts).map((text) =>
        typeof text === 'string' ? text : (text as (value: string) => string)('7'),
      ),
      ...LESSONS.flatMap(({ title, says }) => [title, says]),
      ...BROKEN_RULES.map(([name, password]) => findBrokenRule(name!, password!)!),
      NAME_RULE,
      PASSWORD_RULE,
      ...COMPOSED,
    ];
    const translations = said.map((text) => ko.translate(text));
    const left = translations.filter(
      (text) => findEnglish(text.replace(OF_REDIS, '')) || !/\p{Script=Hangul}/u.test(text),
    );
    expect(left).toEqual([]);
  });

  it('keep their values', () => {
    expect(ko.translate('too many failed sign-ins: try again in 2 minutes')).toBe(
      '시도 횟수가 너무 많습니다(실패한 로그인). 2분 후 다시 시도하십시오',
    );
    expect(ko.translate('no account has the name "{most} <task>"')).toBe(
      '없는 사용자입니다: "{most} <task>"',
    );
  });
});

/** At the end of a sentence, in its own words. */
const OF_REDIS = /\([^()]+\)$/;

/** Codes of the network and of TLS, or replies of Redis. */
const REDIS_ERRORS: [code: string, message: string][] = [
  ['ECONNREFUSED', 'connect ECONNREFUSED'],
  ['ENOTFOUND', 'getaddrinfo ENOTFOUND'],
  ['ETIMEDOUT', 'connect ETIMEDOUT'],
  ['', 'Socket timeout. Expecting data'],
  ['', 'Protocol error, got "H" as reply type byte'],
  ['', 'WRONGPASS invalid username-password pair or user is disabled.'],
  ['', 'NOAUTH Authentication required.'],
  ['', 'DENIED Redis is running in protected mode'],
  ['', "NOPERM User app has no permissions to run the 'info' command"],
  ['', 'NOPERM No permissions to access a key'],
  ['', 'NOPERM No permissions to access a channel'],
  ['', "ERR user executing the script can't run this command"],
  ['', "ERR unknown command 'CONFIG', with args beginning with: 'GET'"],
  ['CERT_HAS_EXPIRED', 'certificate has expired'],
  ['CERT_NOT_YET_VALID', 'certificate is not yet valid'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'altnames'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'self-signed certificate in certificate chain'],
  ['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'certificate required'],
  ['ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION', 'protocol version'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'wrong version number'],
  ['ECONNRESET', 'read ECONNRESET'],
  ['', 'closed by the server'],
  ['', 'MOVED 1 127.0.0.1:7000'],
  ['', 'ERR This instance has cluster support disabled'],
  ['', 'ERR DB index is out of range'],
  ['', 'LOADING Redis is loading the dataset in memory'],
  ['', "READONLY You can't write against a read only replica."],
  ['', 'MASTERDOWN Link with MASTER is down'],
  ['', 'BUSY Redis is busy running a script'],
  ['', 'NOREPLICAS Not enough good replicas to write.'],
  ['', 'CLUSTERDOWN Hash slot not served'],
  ['', 'MISCONF Redis is configured to save RDB snapshots'],
  ['', 'ERR max number of clients reached'],
  ['', 'All sentinels are unreachable'],
  ['', "Cluster isn't ready"],
  ['', "OOM command not allowed when used memory > 'maxmemory'."],
];

const BROKEN_RULES = [
  ['a b', 'long enough for all'],
  ['a\u200bb', 'long enough for all'],
  ['a'.repeat(65), 'long enough for all'],
  ['alice', 'short'],
  ['alice', ' '.repeat(9)],
  ['alice-in-wonderland', 'alice-in-wonderland'],
  ['alice', 'password1'],
];

/** Sentences that several files make together. */
const COMPOSED = [
  'the write is in Redis, but no replica has confirmed it within 7 ms: it is lost if the primary fails now (REDIS_WAIT_REPLICAS)',
  'the write is in Redis, but fewer than 2 replicas have confirmed it within 7 ms: it is lost if the primary fails now (REDIS_WAIT_REPLICAS)',
  'too many sign-ins at a time: try again later',
  'too many sign-ins from your address at a time: try again later',
  'too many reads of sessions at a time: try again in a moment',
  'too many sign-ins from your address: try again in 1 second',
  'Redis has no cluster node that answers. The node 10.0.0.1:7000 expects TLS at this port, and the binding does not ask for it. Switch it on, cf set-env APP tls_enabled true, and restart: cf restart APP',
  'The Sentinels name 10.0.0.1:6379 as the primary. Redis cannot be used: something',
  'Service "cache" (user-provided) cannot be used: the field "port" is not a port',
  'VCAP_SERVICES is not a JSON object that has a list of services under each label: it ends too early, after 7 characters',
  'VCAP_SERVICES is empty; it should be a JSON object that has a list of services under each label. SERVICE_BINDING_ROOT, /x, cannot be read (ENOENT)',
  'When Redis is full, it drops accounts, sessions and the counters of failed sign-ins (maxmemory-policy allkeys-lru): choose noeviction, or a plan of its own for sessions. REDIS_WAIT_REPLICAS=2 waits for more replicas than Redis has (0): each write is answered 503. Lower it, or choose a plan with replicas',
  '95 % of the memory is in use, and keys are evicted when it is full (allkeys-lru)',
  '(error) not executed: another command of the transaction was refused',
];

describe('JSON of the app', () => {
  let parseJson: (text: string) => unknown;
  beforeAll(() => {
    jest.doMock('../../public/assets/scripts/words.js', () => ko);
    ({ parseJson } = require('../../public/assets/scripts/json.js'));
  });

  const english = 'the password is wrong';
  const korean = ko.translate(english);

  it.each(['error', 'problem', 'warning', 'advice', 'lacks', 'title', 'says'])(
    'is translated where it has a sentence, or a list of them: %s',
    (name) => {
      expect(parseJson(JSON.stringify({ [name]: english }))).toEqual({ [name]: korean });
      const listed = { nodes: [{ [name]: [english] }] };
      expect(parseJson(JSON.stringify(listed))).toEqual({ nodes: [{ [name]: [korean] }] });
      expect(parseJson(JSON.stringify({ [name]: null }))).toEqual({ [name]: null });
    },
  );

  it('has what is stored in Redis as it is', () => {
    const stored = { key: english, value: english, elements: [{ field: english }] };
    expect(parseJson(JSON.stringify(stored))).toEqual(stored);
  });
});

describe('a translation', () => {
  const translate = createTranslation({
    'the key holds a {type}, not a string': '키: {type}',
    'too many <task>: try again': '<task>: 다시',
    requests: '요청',
    first: '첫째',
  });

  it('leaves a text as it is that it does not know', () => {
    expect(translate('something else. And more')).toBe('something else. And more');
  });

  it.each([
    'constructor',
    'all too many requests: try again',
    'too many requests: try again, or not',
  ])('does not take a part for the whole: %s', (text) => {
    expect(translate(text)).toBe(text);
  });

  it('takes signs as they are, and values of several lines', () => {
    const translateSigns = createTranslation({ 'is it {what} (1.5 or more)?': '{what}?' });
    expect(translateSigns('is it one\nor two (1.5 or more)?')).toBe('one\nor two?');
    expect(translateSigns('is it one (1x5 or more)?')).toBe('is it one (1x5 or more)?');
  });

  it('takes what stands in braces as it is, and what stands in angle brackets as a sentence', () => {
    expect(translate('the key holds a first, not a string')).toBe('키: first');
    expect(translate('too many requests: try again')).toBe('요청: 다시');
  });

  it('takes the first pair that fits', () => {
    const translateByOrder = createTranslation({
      'the {what} is away': '첫째: {what}',
      'the {what} is {how}': '둘째: {what}, {how}',
      'the server is gone': '셋째',
    });
    expect(translateByOrder('the server is away')).toBe('첫째: server');
    expect(translateByOrder('the server is full')).toBe('둘째: server, full');
    expect(translateByOrder('the server is gone')).toBe('셋째');
  });

  it('takes a sentence with a full stop in it as one', () => {
    const translateAll = createTranslation({ 'first. second': '함께', last: '끝' });
    expect(translateAll('first. second. last')).toBe('함께. 끝');
  });

  it('takes sentences one by one that are joined by a full stop', () => {
    expect(translate('too many requests: try again. first. other')).toBe('요청: 다시. 첫째. other');
  });
});
