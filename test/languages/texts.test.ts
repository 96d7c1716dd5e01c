/** The texts of the languages: each has all of them, with the same values, and none of another language. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { en, findEnglish, ko } from './support.ts';

const PUBLIC = join(import.meta.dirname, '../../public');
const DIRECTORY = join(PUBLIC, 'assets/scripts/languages');

type Tree = { [name: string]: Tree | string | string[] | ((...values: unknown[]) => unknown) };

/** All texts of a language by their paths, `words.units.hours`; functions are called with samples. */
function listTexts({ html, forms, words, operator }: typeof en): Map<string, string> {
  const texts = new Map<string, string>();
  walk({ html, forms, words, operator } as unknown as Tree, '');
  return texts;

  function walk(tree: Tree, path: string) {
    for (const [name, value] of Object.entries(tree)) {
      const here = path ? `${path}.${name}` : name;
      if (typeof value === 'string') texts.set(here, value);
      else if (typeof value === 'function') callAll(here, value);
      else if (Array.isArray(value)) texts.set(here, value.join('|'));
      else walk(value, here);
    }
  }

  function callAll(path: string, say: (...values: unknown[]) => unknown) {
    (SAMPLES[path] ?? [NUMBERS]).forEach((values, i) =>
      texts.set(`${path}(${i})`, [say(...values)].flat().join('|')),
    );
  }
}

/** Values that are numbers and texts at the same time. */
const NUMBERS = ['71', '72', '73', '74'];
const PAGE = { examined: 81, of: 8200, cursor: '83' };
const MARKS = ['killed', 'replaced', 'scaled', 'away', 'primary'];
const MARK = { indexes: [11, 22, 23], count: 44, duration: '55' };

/** For functions that take others. */
const SAMPLES: Record<string, unknown[][]> = {
  'words.mode': [['redis'], ['memory']],
  'words.reason': ['out', 'elsewhere', 'ended', 'hidden', 'idle', 'absolute'].map((reason) => [
    reason,
    '71',
  ]),
  'words.login': [['71'], [null]],
  'words.tape': [
    ['71', [72, 73]],
    [null, []],
  ],
  'words.mark': [
    ...MARKS.map((kind) => [{ kind, ...MARK }]),
    [{ kind: 'away', duration: null }],
    [{ kind: 'killed', indexes: [11, 12, 13] }],
  ],
  'words.life': [[1]],
  'words.memory': [NUMBERS, ['71', null]],
  'words.whenFull': [['noeviction'], ['allkeys-lru']],
  'words.failover': [[{ at: '71', from: '72', to: '73' }]],
  'words.replica': [[{ state: '71', lag: 72, behind: 73 }]],
  'words.role': [['70']],
  'words.kind': [['70']],
  'words.topology.summary': [
    ['71', true, ['72', '73'], ['74']],
    ['71', false, ['72'], []],
  ],
  'words.answered': [['71', '72', 73]],
  'words.lastSeen': [NUMBERS, [null, '72']],
  'operator.length': [
    ['string', 71],
    ['list', 71],
  ],
  'operator.pageOfKeys': [
    [{ ...PAGE, keys: Array(71), own: { sessions: 72 } }],
    [{ ...PAGE, of: null, cursor: null, keys: [1], own: {} }],
  ],
  'operator.counting': [
    [{ ...PAGE, found: 71 }, false],
    [{ ...PAGE, found: 71 }, true],
  ],
  'operator.deleting': [
    [{ ...PAGE, changed: 71 }, false],
    [{ ...PAGE, changed: 71 }, true],
  ],
  'operator.treeOf': [[{ ...PAGE, branches: [], sample: true }]],
  'operator.comparison': [[1], [72, true], [72, false]],
  'operator.pageOfSessions': [[{ ...PAGE, sessions: Array(71) }]],
  'operator.ending': [
    [{ changed: 71 }, false],
    [{ changed: 71 }, true],
  ],
  'operator.redis.missing': [
    [0, 71],
    [72, 71],
  ],
  'operator.redis.memory': [NUMBERS, ['71', null]],
  'operator.redis.whenFull': [['noeviction'], ['allkeys-lru']],
  'operator.redis.connected': [
    [{ connected_clients: '71', blocked_clients: '72', maxclients: '73' }],
  ],
  'operator.redis.saved': [
    ['71', 'ok'],
    ['71', 'err'],
  ],
  'operator.redis.aof': [
    [{ aof_enabled: '0' }],
    [{ aof_enabled: '1', aof_last_write_status: 'ok' }],
    [{ aof_enabled: '1', aof_last_write_status: 'err' }],
  ],
  'operator.redis.link': [
    [{ master_link_status: 'up', master_last_io_seconds_ago: '71' }],
    [{ master_link_status: 'down' }],
  ],
  'operator.redis.keyspace': [[{ keys: '71', expires: '72' }]],
  'operator.console.from': [
    ['71', true],
    ['71', false],
  ],
};

const english = listTexts(en);
const korean = listTexts(ko as unknown as typeof en);
const valuesOf = (text: string) => (text.match(/\d{2,}/g) ?? []).sort();

describe('each language', () => {
  it('is a file that has the name of its tag', () => {
    const tags = readdirSync(DIRECTORY).map((file) => file.replace('.js', ''));
    expect(tags).toEqual([en.tag, ko.tag]);
  });

  it('has the same texts', () => {
    expect([...korean.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('has the same values in each text', () => {
    const differing = [...english].filter(
      ([path, text]) => String(valuesOf(text)) !== String(valuesOf(korean.get(path)!)),
    );
    expect(differing).toEqual([]);
  });

  it('has no text with a hole in it', () => {
    for (const text of [...english.values(), ...korean.values()])
      expect(text).not.toMatch(/undefined|null|NaN|\[object/);
  });

  it.each([
    ['index.html', 'page'],
    ['operator.html', 'operator'],
    ['session-form.html', 'form'],
  ] as const)('has the texts that %s has places for, and no others', (file, texts) => {
    const places = readFileSync(join(PUBLIC, file), 'utf8').matchAll(/{{(\w+)}}/g);
    const names = new Set(Array.from(places, ([, name]) => name!));
    for (const setting of SETTINGS[texts]) names.delete(setting);
    expect([...names].sort()).toEqual(Object.keys(en.html[texts]).sort());
  });
});

/** What the server writes there besides. */
const COMMON = ['lang', 'languages', 'assets'];
const SETTINGS = {
  page: [
    ...COMMON,
    'app',
    'bound',
    'keyAccess',
    'diagnostics',
    'sessions',
    'signUpAccess',
    'operator',
  ],
  operator: [...COMMON, 'diagnostics'],
  form: [
    ...COMMON,
    'title',
    'explanation',
    'message',
    'name',
    'username',
    'nameState',
    'nameRule',
    'password',
    'passwordRule',
    'other',
    'otherTitle',
  ],
};

describe('English', () => {
  it('has no Korean letters', () => {
    expect(JSON.stringify([...english])).not.toMatch(/\p{Script=Hangul}/u);
  });
});

describe('Korean', () => {
  it('has no English sentences', () => {
    const texts = [...korean.values(), ...Object.values(ko.sentences)];
    expect(texts.filter(findEnglish)).toEqual([]);
  });

  it('has Korean letters in every text that has English words', () => {
    const isSame = ([path, text]: [string, string]) => korean.get(path) === text;
    const left = [...english].filter(isSame).filter(([, text]) => /[a-z]{3}/.test(text));
    expect(left.map(([, text]) => text)).toEqual(SAME);
  });

  it('has no particle after a value, whose last sound would decide about it', () => {
    const source = readFileSync(join(DIRECTORY, 'ko.js'), 'utf8');
    expect(
      source.match(
        /.*[}>]["“”]?(을|를|이|가|은|는|과|와|으로|로|이나|나|이라|라)(?=[\s.,:;!?)'`]).*/gm,
      ),
    ).toBeNull();
  });
});

/** Names, and words of protocols. */
const SAME = ['redis-example-app', 'Redis', 'Redis'];
