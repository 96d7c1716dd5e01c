/** Imports run one way: a reader who follows them down never comes back up. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

const SRC = join(__dirname, '../src');

/** From the bottom to the top. A room imports from itself and from what stands before its line. */
const LEVELS = [
  ['connection.ts', 'log.ts', 'limits'],
  ['cloudfoundry'],
  ['redis'],
  ['sessions', 'http', 'overview.ts'],
  ['accounts', 'instances', 'config.ts'],
  ['operator'],
  ['routes'],
  ['app.ts'],
  ['shutdown.ts'],
  ['server.ts'],
];

/** Measures how many bytes a session takes. All else knows the app by its command and by HTTP. */
const KNOWS_THE_APP = 'lab/bench/app-sessions.ts';

interface Import {
  from: string;
  to: string;
}

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);
const imports = files.flatMap(importsOf);

describe('imports', () => {
  it('run one way through the rooms of the app', () => {
    const ofApp = imports.filter(({ from }) => roomOf(from) !== 'lab');
    expect(ofApp.filter((each) => !isDownwards(each))).toEqual([]);
  });

  it('form no circle of files', () => {
    expect(findCircle()).toBeNull();
  });

  it('of the lab know the app only where sessions are measured in bytes', () => {
    const ofLab = imports.filter(({ from, to }) => roomOf(from) === 'lab' && roomOf(to) !== 'lab');
    expect(ofLab.filter(({ from }) => from !== KNOWS_THE_APP)).toEqual([]);
  });

  it('of the app never reach the lab', () => {
    const reaching = imports.filter(
      ({ from, to }) => roomOf(from) !== 'lab' && roomOf(to) === 'lab',
    );
    expect(reaching).toEqual([]);
  });
});

function importsOf(from: string): Import[] {
  const text = readFileSync(join(SRC, from), 'utf8');
  const found = text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g);
  return Array.from(found, ([, path]) => ({ from, to: normalize(join(dirname(from), path!)) }));
}

function isDownwards({ from, to }: Import): boolean {
  return roomOf(from) === roomOf(to) || levelOf(to) < levelOf(from);
}

/** The folder below src, or the name of a file that lies in src itself. */
function roomOf(path: string): string {
  return path.split('/')[0]!;
}

function levelOf(path: string): number {
  const level = LEVELS.findIndex((rooms) => rooms.includes(roomOf(path)));
  if (level === -1) throw new Error(`src/${path} belongs to no room of LEVELS`);
  return level;
}

/** Returns the files of one circle, or null. */
function findCircle(): string[] | null {
  const done = new Set<string>();
  for (const file of files) {
    const circle = follow(file, []);
    if (circle) return circle;
  }
  return null;

  function follow(file: string, path: string[]): string[] | null {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    for (const { to } of imports.filter(({ from }) => from === file)) {
      const circle = follow(to, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return null;
  }
}
