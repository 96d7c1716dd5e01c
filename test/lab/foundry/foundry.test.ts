/** Starts the very foundry that `npm run foundry` starts, and uses it as its users do. */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning, listChildren, ROOT } from '../../support/lab.ts';
import { until } from '../../support/until.ts';
import { isListening, keepAsking, useFoundries } from './support.ts';

const foundries = useFoundries();

/** Of the app that a test writes. */
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'foundry-app-'));
});

afterEach(async () => {
  await foundries.stop();
  await rm(directory, { recursive: true });
});

describe('npm run foundry', () => {
  it('runs the app with the Redis service of the walk-through', async () => {
    const { url } = await startFoundry();

    const form = { method: 'PUT', body: new URLSearchParams({ data: 'bar' }) };
    expect(await request(`${url}/foo`, form)).toEqual([201, 'success']);
    expect(await request(`${url}/foo`)).toEqual([200, 'bar']);
    expect(await request(`${url}/foo`, { method: 'DELETE' })).toEqual([200, 'success']);
    expect(await request(`${url}/foo`)).toEqual([404, 'key not present']);

    expect((await readOverview(url)).redis).toMatchObject({
      service: 'redis-service-instance',
      label: 'redis-sb',
      plan: 'shared-vm',
    });
  });

  it('gives each instance the limits of the platform, which the app knows', async () => {
    const foundry = await startFoundry({ args: ['--instances', '1', '--cpu', '0.3'] });
    const response = await fetch(`${foundry.url}/instances/list`);

    const isLimited = /0\.3 of a core, enforced by cgroup/.test(foundry.output());
    expect(await response.json()).toEqual([
      expect.objectContaining({
        memoryLimit: 256 * 1024 * 1024,
        cpu: expect.any(Number),
        cpuLimit: isLimited ? 0.3 : null,
      }),
    ]);
  });

  it('sets no limit of processor time for --cpu 0', async () => {
    const foundry = await startFoundry({ args: ['--instances', '1', '--cpu', '0'] });

    expect(foundry.output()).toMatch(/^Each instance has 256 MB of memory, enforced by [^,]+\.$/m);
    expect((await foundry.command('status')).said).toMatch(/ of 256 MB +\d\.\d\d$/m);
  });

  it('tells which commands to try', async () => {
    const { url, ...foundry } = await startFoundry();

    const [, last] = foundry.output().split('Ctrl-C stops it. Open the app in a browser:\n');
    expect(last).toMatch(`\n${url}\n`);
    expect(foundry.output()).toContain(`export APP=${url.replace('http://', '')}\n`);
    expect(foundry.output()).toContain("curl -X PUT $APP/foo -d 'data=bar'\n");
  });

  it('leaves nothing behind after Ctrl-C', async () => {
    const { url, port, ...foundry } = await startFoundry();
    const redisPort = (await readOverview(url)).redis.nodes[0]!.port;
    expect(await Promise.all([port, redisPort].map(isListening))).toEqual([true, true]);
    expect(await readdir(foundries.directory)).toHaveLength(2);

    foundry.signal('SIGINT');

    expect(await foundry.ended).toBe(0);
    expect(await Promise.all([port, redisPort].map(isListening))).toEqual([false, false]);
    expect(await readdir(foundries.directory)).toEqual([]);
  });

  it('gives the app the environment of the platform, and an address to listen on', async () => {
    await writeApp(`console.log('names:', Object.keys(process.env).sort().join(' '))`);
    const foundry = await startFoundry({ cwd: directory, env: { LEAK: 'yes' } });
    const [, names] = await foundry.prints(/app\/0 +\| names: (.*)/);

    const ofBash = ['PWD', 'SHLVL', '_'];
    expect(names!.split(' ').filter((name) => !ofBash.includes(name))).toEqual([
      'CF_INSTANCE_ADDR',
      'CF_INSTANCE_GUID',
      'CF_INSTANCE_INDEX',
      'CF_INSTANCE_INTERNAL_IP',
      'CF_INSTANCE_IP',
      'CF_INSTANCE_PORT',
      'CF_INSTANCE_PORTS',
      'HOME',
      'LANG',
      'LISTEN_ADDRESS',
      'MEMORY_LIMIT',
      'NODE_ENV',
      'PATH',
      'PORT',
      'TMPDIR',
      'VCAP_APPLICATION',
      'VCAP_SERVICES',
    ]);
  });

  it('lets the app drain when npm passes the same Ctrl-C on', async () => {
    await writeApp(`process.on('SIGTERM', drain);
      function drain() { console.log('draining'); setTimeout(end, 200); }
      function end() { console.log('drained'); process.exit(); }`);
    const foundry = await startFoundry({ cwd: directory });

    foundry.signal('SIGINT');
    await foundry.prints(/draining/);
    foundry.signal('SIGINT');

    await foundry.prints(/drained/);
    expect(await foundry.ended).toBe(0);
  });

  it('kills an app that does not drain at a second Ctrl-C', async () => {
    await writeApp(`process.on('SIGTERM', () => setTimeout(() => console.log('no'), 1000));`);
    const { port, ...foundry } = await startFoundry({ cwd: directory });

    foundry.signal('SIGINT');
    await foundry.prints(/app\/0 +\| no/);
    foundry.signal('SIGINT');

    expect(await foundry.ended).toBe(0);
    expect(await isListening(port)).toBe(false);
  });

  it('restarts this app one instance after the other without losing a request', async () => {
    const { url, ...foundry } = await startFoundry({ args: ['--cpu', '0'] });
    const load = keepAsking(`${url}/status/health`);
    await load.answered();

    expect((await foundry.command('restart')).code).toBe(0);

    await load.answered();
    expect((await load.stop()).failures).toEqual([]);
  });

  it('can be stopped while the app starts', async () => {
    await writeFile(join(directory, 'Procfile'), 'web: echo starting; exec sleep 60\n');
    const foundry = await spawnFoundry({ cwd: directory });
    await foundry.prints(/app\/0 +\| starting/);

    foundry.signal('SIGTERM');

    expect(await foundry.ended).toBe(0);
    expect(await readdir(foundries.directory)).toEqual([]);
  });

  it('can be stopped while Redis starts', async () => {
    const foundry = await spawnFoundry({ args: ['--redis', 'cluster'] });
    const children = await until('all nodes run, and redis-cli joins them', () => {
      const found = listChildren(foundry.pid);
      return found.length > 7 && found; // and the router
    });

    foundry.signal('SIGINT');

    expect(await foundry.ended).toBe(0);
    expect(children.filter(isRunning)).toEqual([]);
    expect(await readdir(foundries.directory)).toEqual([]);
  });

  it('ends when an instance ends by itself before the app is up', async () => {
    await writeApp(`if (process.env.CF_INSTANCE_INDEX === '1') process.exit(3);`);
    const foundry = await spawnFoundry({ cwd: directory, args: [] });

    expect(await foundry.ended).toBe(1);
    expect(foundry.output()).toContain('app/1 ended by itself (exit code 3).');
  });

  it('starts an instance again that ends by itself later', async () => {
    await writeApp(
      `process.on('SIGUSR2', () => process.exit(3)); console.log('pid:', process.pid)`,
    );
    const foundry = await startFoundry({ cwd: directory });
    const [, pid] = await foundry.prints(/app\/0 +\| pid: (\d+)/);

    process.kill(Number(pid), 'SIGUSR2');

    await foundry.prints(/foundry +\| app\/0 ended \(exit code 3\). Another one starts in 1 s\./);
    await foundry.prints(/pid: [^]*app\/0 +\| pid: /);
  });

  it('says how to install a redis-server when there is none', async () => {
    await symlink(findHaproxy(), join(directory, 'haproxy'));
    const foundry = await spawnFoundry({ env: { PATH: directory } });

    expect(await foundry.ended).toBe(1);
    expect(foundry.output()).toContain('There is no redis-server on the PATH.');
    expect(foundry.output()).toContain('apt-get install redis-server');
    expect(foundry.output()).toContain('brew install redis');
  });

  it('ends when its router ends by itself', async () => {
    const foundry = await startFoundry();
    const router = listChildren(foundry.pid).find(isHaproxy)!;

    process.kill(router, 'SIGKILL');

    expect(await foundry.ended).toBe(1);
    expect(foundry.output()).toContain('The router ended by itself (signal SIGKILL).');
    expect(await readdir(foundries.directory)).toEqual([]);
  });

  it('leaves no process behind when it is killed', async () => {
    await writeApp('');
    const foundry = await startFoundry({ cwd: directory });
    const children = listChildren(foundry.pid);

    process.kill(foundry.pid, 'SIGKILL');

    await until('all have ended', () => !children.some(isRunning), { limit: 5000 });
    expect(children).toHaveLength(3);
  });

  it('says that the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;

    const foundry = await spawnFoundry({ args: ['--port', String(port)] });

    expect(await foundry.ended).toBe(1);
    expect(foundry.output()).toContain(`Port ${port} is taken by another program.`);
    server.close();
  });

  it('says what is wrong with its arguments', async () => {
    const foundry = await spawnFoundry({ args: ['--port', 'http'] });

    expect(await foundry.ended).toBe(1);
    expect(foundry.output()).toContain('"http" is no port.');
    expect(foundry.output()).toContain('Usage: npm run foundry');
  });
});

type Options = Parameters<typeof foundries.start>[0];

/** The very program, with one instance of the app of this repository if nothing else is said. */
function startFoundry(options?: Options) {
  return foundries.start({ ...DEFAULTS, ...options });
}

function spawnFoundry(options?: Options) {
  return foundries.spawn({ ...DEFAULTS, ...options });
}

/** Without a limit of processor time, an instance starts sooner. */
const DEFAULTS = { cwd: ROOT, args: ['--instances', '1', '--cpu', '0'] };

/** The smallest app that the foundry can take for one, with a line of its own. */
async function writeApp(line: string) {
  const source = `
    import { createServer } from 'node:http';
    createServer((request, response) => response.end()).listen(process.env.PORT);
    ${line}`;
  await writeFile(join(directory, 'app.mjs'), source);
  await writeFile(join(directory, 'Procfile'), 'web: node app.mjs\n');
}

async function request(url: string, init?: RequestInit): Promise<[number, string]> {
  const response = await fetch(url, init);
  return [response.status, (await response.text()).trim()];
}

async function readOverview(url: string) {
  const response = await fetch(url, { headers: { Accept: 'application/json' } });
  return (await response.json()) as { redis: { nodes: { port: number }[] } };
}

function findHaproxy(): string {
  return execFileSync('sh', ['-c', 'command -v haproxy'], { encoding: 'utf8' }).trim();
}

function isHaproxy(pid: number): boolean {
  const words = ['-o', 'comm=', '-p', String(pid)];
  return /haproxy/.test(execFileSync('ps', words, { encoding: 'utf8' }));
}
