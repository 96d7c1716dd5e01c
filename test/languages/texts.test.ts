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
  const { words, operator } = en;

  it.each([
    ['', words.life(1)],
    ['2nd 3rd 4th 11th 21st', [2, 3, 4, 11, 21].map((nth) => words.life(nth)).join(' ')],
    ['answer from instance', words.numbers(1, 1).join(' ')],
    ['answers from instances', words.numbers(0, 2).join(' ')],
    ['1 session ended.', words.ended(1)],
    ['2 sessions ended.', words.ended(2)],
    ['✓ ada, 0 lost', words.titleIn('ada', 0)],
    ['✗ ada, 1 lost', words.titleIn('ada', 1)],
    ['1 instance · Redis 8.0 · p.redis', words.summary(1, '8.0', 'p.redis')],
    ['', words.summary(0, undefined, false)],
    ['instance 2 killed', words.mark({ kind: 'killed', indexes: [2] })],
    ['instances 0 and 1 replaced', words.mark({ kind: 'replaced', indexes: [0, 1] })],
    ['instances 0, 2 and 3 killed', words.mark({ kind: 'killed', indexes: [0, 2, 3] })],
    ['online, 1,234 bytes behind', words.replica({ state: 'online', lag: 1, behind: 1234 })],
    [
      'online, 0 bytes behind, silent for 2 s',
      words.replica({ state: 'online', lag: 2, behind: 0 }),
    ],
    ['The last minute: the answers of no instance yet', words.tape(null, [])],
    [
      'The last minute: the login of ada, and the answers of instances 0 and 1',
      words.tape('ada', [0, 1]),
    ],
    ['There is no replica.', operator.comparison(1, true)],
    ['All 2 servers have the same.', operator.comparison(2, true)],
    ['The servers differ.', operator.comparison(2, false)],
    ['1 byte', operator.length('string', 1)],
    ['1,200 elements', operator.length('list', 1200)],
    ['writes are refused (noeviction)', operator.redis.whenFull('noeviction')],
    ['9:30, the last attempt failed', operator.redis.saved('9:30', 'err')],
    ['off', operator.redis.aof({ aof_enabled: '0', aof_last_write_status: 'ok' })],
    ['lost', operator.redis.link({ master_link_status: 'down', master_last_io_seconds_ago: '-1' })],
    [
      '3 of 9, 1 blocked',
      operator.redis.connected({
        connected_clients: '3',
        blocked_clients: '1',
        maxclients: '9',
      }),
    ],
    [
      '3',
      operator.redis.connected({
        connected_clients: '3',
        blocked_clients: '0',
        maxclients: undefined,
      }),
    ],
    ['The user may do all that is offered here (40 commands).', operator.redis.missing(0, 40)],
  ])('says %j', (text, said) => {
    expect(said).toBe(text);
  });

  it('has no Korean letters', () => {
    expect(JSON.stringify([...english])).not.toMatch(/\p{Script=Hangul}/u);
  });
});

describe('Korean', () => {
  const { words, operator } = ko;

  it.each([
    ['✓ ada님, 유실 0건', words.titleIn('ada', 0)],
    ['✗ ada님, 유실 1건', words.titleIn('ada', 1)],
    ['', words.mode('redis')],
    ['', words.life(1)],
    ['인스턴스 0–2 강제 종료', words.mark({ kind: 'killed', indexes: [0, 1, 2] })],
    ['인스턴스 0, 2, 3 교체', words.mark({ kind: 'replaced', indexes: [0, 2, 3] })],
    ['1 MB, 제한 없음', words.memory('1 MB', null)],
    ['쓰기 거부(noeviction)', words.whenFull('noeviction')],
    ['online, 0바이트 뒤처짐', words.replica({ state: 'online', lag: 1, behind: 0 })],
    ['앱 → a (연결 안 됨).', words.topology.summary('앱', true, ['a'], [])],
    ['앱 → a. 그 밖: b, c.', words.topology.summary('앱', false, ['a'], ['b', 'c'])],
    ['200 ok', words.answered(200, 'ok', 0)],
    ['복제본이 없습니다.', operator.comparison(1, true)],
    ['서버 2대의 내용이 모두 같습니다.', operator.comparison(2, true)],
    ['서버마다 내용이 다릅니다.', operator.comparison(2, false)],
    ['쓰기 거부(noeviction)', operator.redis.whenFull('noeviction')],
    ['9:30', operator.redis.saved('9:30', 'ok')],
    ['사용 안 함', operator.redis.aof({ aof_enabled: '0', aof_last_write_status: 'ok' })],
    ['끊김', operator.redis.link({ master_link_status: 'down', master_last_io_seconds_ago: '-1' })],
    [
      '3',
      operator.redis.connected({
        connected_clients: '3',
        blocked_clients: '0',
        maxclients: undefined,
      }),
    ],
    ['이 화면의 모든 기능을 사용할 권한이 있습니다(명령 40개).', operator.redis.missing(0, 40)],
    ['a:1', operator.console.from('a:1', false)],
  ])('says %j', (text, said) => {
    expect(said).toBe(text);
  });

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
