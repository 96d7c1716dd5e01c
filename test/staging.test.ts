/** Pushes the app as `cf push` does, stages it as the buildpacks do, and starts it on their Node. */
import { exec } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { instanceEnvironment } from '../src/lab/foundry/environment.ts';
import { untilHealthy } from '../src/lab/foundry/health.ts';
import { type Process, startProcess } from '../src/lab/processes/process.ts';
import { readStartCommand } from '../src/lab/foundry/procfile.ts';
import { freePort, type RedisServer, startRedis } from './support/redis-server.ts';

const ROOT = join(import.meta.dirname, '..');

/** What the CLI never uploads, whatever .cfignore says. */
const NEVER_UPLOADED = [
  '.cfignore',
  '.DS_Store',
  '.git',
  '.gitignore',
  '.hg',
  '.svn',
  '_darcs',
  'manifest.yml',
];

/** Both buildpacks choose the newest line that engines in package.json allows. */
const PLATFORM_NODE = 24;

const START_TIMEOUT = 20 * 1000; // 20 seconds
const DRAIN_TIMEOUT = 8 * 1000; // 8 seconds
const NPM_TIMEOUT = 180 * 1000; // 3 minutes

const NPM_SETTINGS = {
  // The compiler is written in Go, and ends before its memory needs to be cleaned up
  GOGC: 'off',
  npm_config_audit: 'false',
  npm_config_fund: 'false',
  npm_config_prefer_offline: 'true',
};

const NODEJS_BUILDPACK = {
  ...NPM_SETTINGS,
  NODE_ENV: 'production',
  NPM_CONFIG_LOGLEVEL: 'error',
  NPM_CONFIG_PRODUCTION: 'true',
};

/** Packages for tests and lab, and packages for compiling. */
const NOT_TO_RUN = ['devDependencies', 'optionalDependencies'];

const password = randomUUID();

let directory: string;
/** The directory of the platform's Node.js. */
let platformNode: string;
let redis: RedisServer;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'staging-test-'));
  [platformNode, redis] = await Promise.all([findPlatformNode(), startRedis({ password })]);
  await run('git init --quiet --bare git', directory);
}, NPM_TIMEOUT);

afterAll(async () => {
  await redis.stop();
  await run(`rm -r ${directory}`, ROOT);
});

describe('cf push', () => {
  it('uploads the app and a prebuilt dist, but neither tests, lab nor installed modules', async () => {
    const tree = await clone();
    for (const name of ['dist', 'dist/lab', 'node_modules', 'coverage']) {
      await mkdir(join(tree, name));
      await writeFile(join(tree, name, 'file'), '');
    }

    const droplet = await push(tree);
    const uploaded = await readdir(droplet);

    const wanted = ['Procfile', 'dist', 'package-lock.json', 'package.json', 'public', 'src'];
    expect(uploaded).toEqual(expect.arrayContaining(wanted));
    const unwanted = ['compose.yaml', 'coverage', 'deploy', 'manifest.yml', 'node_modules', 'test'];
    expect(uploaded.filter((name) => unwanted.includes(name))).toEqual([]);
    expect(await readdir(join(droplet, 'src'))).not.toContain('lab');
    expect(await readdir(join(droplet, 'dist'))).toEqual(['file']);
  });
});

describe('the nodejs-buildpack', () => {
  it(
    'compiles a fresh clone with what that needs alone, and the app serves and drains',
    async () => {
      const droplet = await push(await clone());

      await installAsNodejsBuildpack(droplet);
      expect(await findInstalled(droplet, ['devDependencies'])).toEqual([]);
      await compileAsNodejsBuildpack(droplet);

      expect(await findInstalled(droplet, NOT_TO_RUN)).toEqual([]);
      await expectToServeAndDrain(droplet);
    },
    NPM_TIMEOUT,
  );

  it(
    'takes a prebuilt dist as it is, and the app serves and drains',
    async () => {
      const tree = await clone();
      await run(`cp -a dist ${tree}`, ROOT);
      const droplet = await push(tree);
      const pushedAt = await readTimeOfCompilation(droplet);

      await installAsNodejsBuildpack(droplet);
      await compileAsNodejsBuildpack(droplet);

      expect(await readTimeOfCompilation(droplet)).toBe(pushedAt);
      expect(await findInstalled(droplet, NOT_TO_RUN)).toEqual([]);
      await expectToServeAndDrain(droplet);
    },
    NPM_TIMEOUT,
  );
});

describe('the Paketo buildpack', () => {
  it(
    'compiles a fresh clone while staging, and the app serves and drains',
    async () => {
      const droplet = await push(await clone());

      await stageAsPaketo(droplet);

      expect(await findInstalled(droplet, ['devDependencies'])).toEqual([]);
      await expectToServeAndDrain(droplet);
    },
    NPM_TIMEOUT,
  );
});

/** The working tree without what git ignores, and without packages that a link leads to. */
function clone(): Promise<string> {
  return copy(ROOT, ['--exclude-per-directory=.gitignore', '--exclude=node_modules']);
}

/** What the CLI uploads of a tree: it reads .cfignore and no .gitignore. */
function push(tree: string): Promise<string> {
  const defaults = NEVER_UPLOADED.map((name) => `--exclude=${name}`);
  return copy(tree, ['--exclude-from=.cfignore', ...defaults]);
}

/** .cfignore has git's syntax, so git reads it: to an empty repository, all other files are new. */
async function copy(tree: string, excludes: string[]): Promise<string> {
  const repository = `--git-dir=${join(directory, 'git')} --work-tree=.`;
  const list = `git ${repository} ls-files -z --others ${excludes.join(' ')}`;
  const target = await mkdtemp(join(directory, 'tree-'));
  await run(`${list} | tar -c --null -T - -f - | tar -x -f - -C ${target}`, tree);
  return target;
}

/** It installs no devDependencies. From the same package.json and lock file, that is the same each time. */
async function installAsNodejsBuildpack(droplet: string) {
  const installed = join(directory, 'installed');
  if (existsSync(installed)) return run(`cp -a ${installed} node_modules`, droplet);
  await run('npm install --unsafe-perm', droplet, NODEJS_BUILDPACK);
  return run(`cp -a node_modules ${installed}`, droplet);
}

/** It runs `heroku-postbuild` but never `build`. */
async function compileAsNodejsBuildpack(droplet: string) {
  await run('npm run heroku-postbuild --if-present', droplet, NODEJS_BUILDPACK);
}

/**
 * It installs all dependencies, runs `build`, and takes the devDependencies away. Those that the tests run with
 * were installed by `npm ci`, too: here it says whether the lock file allows it, and they are copied, as to
 * unpack them again takes a quarter of a minute.
 */
async function stageAsPaketo(droplet: string) {
  const env = { ...NPM_SETTINGS, NODE_ENV: 'development', NPM_CONFIG_LOGLEVEL: 'error' };
  await run('npm ci --unsafe-perm --dry-run', droplet, env);
  // Through a link, should it be one: npm would prune what it leads to
  await run(`cp -a node_modules/. ${droplet}/node_modules`, ROOT);
  await run('npm run build', droplet, env);
  await run('npm prune --omit=dev', droplet, env);
}

/** The one that runs the tests, or one that is installed the first time and then kept. */
async function findPlatformNode(): Promise<string> {
  if (process.versions.node.startsWith(`${PLATFORM_NODE}.`)) return dirname(process.execPath);
  const name = `node-${process.platform}-${process.arch}`;
  const home = join(ROOT, '.servers/platform');
  await mkdir(home, { recursive: true });
  const env = { ...process.env, ...NPM_SETTINGS };
  await promisify(exec)(`npm install --prefix . ${name}@${PLATFORM_NODE}`, { cwd: home, env });
  return join(home, 'node_modules', name, 'bin');
}

/** The caller's settings for npm's registry and proxy are kept. */
async function run(command: string, cwd: string, env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(exec)(command, {
    cwd,
    env: { ...process.env, PATH: `${platformNode}:${process.env.PATH}`, ...env },
  });
  return stdout;
}

/** Of the packages that package.json lists under these names. */
async function findInstalled(droplet: string, lists: string[]): Promise<string[]> {
  const description = JSON.parse(await readFile(join(droplet, 'package.json'), 'utf8'));
  const isInstalled = (name: string) => existsSync(join(droplet, 'node_modules', name));
  return lists.flatMap((list) => Object.keys(description[list])).filter(isInstalled);
}

async function readTimeOfCompilation(droplet: string): Promise<number> {
  return (await stat(join(droplet, 'dist/server.js'))).mtimeMs;
}

async function expectToServeAndDrain(droplet: string) {
  const port = await freePort();
  const log: string[] = [];
  const app = await startApp(droplet, port, log);
  try {
    await expectToServe(`http://127.0.0.1:${port}`, log);
  } finally {
    await expectToDrain(app);
  }
}

async function startApp(droplet: string, port: number, log: string[]): Promise<Process> {
  const instance = { index: 0, port, home: droplet, temporaryDirectory: directory };
  const { host, port: redisPort } = redis;
  const platform = instanceEnvironment(instance, { host, password, port: redisPort });
  const env = { ...platform, PATH: `${platformNode}:/usr/local/bin:/usr/bin:/bin` };
  const command = await readStartCommand(droplet);
  return startProcess(
    { name: 'app', command: ['bash', '-c', command], cwd: droplet, env },
    (line) => log.push(line),
  );
}

async function expectToServe(url: string, log: string[]) {
  await untilHealthy(url, AbortSignal.timeout(START_TIMEOUT)).catch(() => {
    throw new Error(`The app did not start, and said:\n${log.join('\n')}`);
  });

  const form = { method: 'PUT', body: new URLSearchParams({ data: 'bar' }) };
  expect(await request(`${url}/foo`, form)).toEqual([201, 'success']);
  expect(await request(`${url}/foo`)).toEqual([200, 'bar']);
  expect(await request(`${url}/foo`, { method: 'DELETE' })).toEqual([200, 'success']);
}

async function request(url: string, init?: RequestInit): Promise<[number, string]> {
  const response = await fetch(url, init);
  return [response.status, (await response.text()).trim()];
}

async function expectToDrain(app: Process) {
  const start = performance.now();
  await app.stop();
  expect(await app.ended).toBe('exit code 0');
  expect(performance.now() - start).toBeLessThan(DRAIN_TIMEOUT);
}
