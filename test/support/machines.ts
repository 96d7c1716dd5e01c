/**
 * Machines on a network of their own, made of Linux namespaces: each has an address, a file system that is
 * this machine's with files of its own on top, and processes without rights. Nothing leaves the network. The
 * kernel removes a machine with its last process, so nothing is left behind, however a test ends.
 */
import { execFile, spawnSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { type Process, startProcess } from '../../src/lab/processes/process.ts';
import { stopAtEnd } from './cleanup.ts';
import { isRunning, ROOT } from './lab.ts';

/** Where the project is on each machine. */
export const PROJECT = '/app';

/** First the Redis of the release that the files name, where it was fetched; ip and haproxy are in sbin. */
const PATH = `${join(ROOT, '.servers/redis-8.0')}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin`;

const START_NETWORK = `
ip link set lo up
ip link add bridge0 type bridge
ip address add "$GATEWAY/16" dev bridge0
ip link set bridge0 up
echo 1 >/proc/sys/net/ipv4/ip_forward
for all in /proc/sys/net/ipv4/conf/*/send_redirects; do echo 0 >"$all"; done
echo ready
exec sleep infinity`;

/** The address of the card is made from that of the network, as container engines do: others may know it. */
const START_MACHINE = `
ip link set lo up
nsenter --net="/proc/$NETWORK/ns/net" sh -ec "
  ip link add $CABLE type veth peer name eth0 netns $$
  ip link set $CABLE master bridge0 up"
ip link set eth0 address "$(printf '02:42:%02x:%02x:%02x:%02x' $(echo "$ADDRESS" | tr . ' '))"
ip address add "$ADDRESS/16" dev eth0
ip link set eth0 up
ip route add default via "$GATEWAY"
for address in $EXTRA_ADDRESSES; do ip address add "$address/32" dev lo; done
mount -t tmpfs tmpfs "$MOUNT"
cp -a "$FILES" "$MOUNT/files"
root=$MOUNT/root
mkdir "$root"
mount -t overlay overlay -o "lowerdir=$MOUNT/files:/" "$root"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --bind "$PROJECT_HERE" "$root$PROJECT"
[ -z "$DATA" ] || mount --bind "$DATA" "$root/data"
exec chroot "$root" sh -c 'echo ready; exec sleep infinity'`;

/** The parts of the above that a machine may refuse. */
const TRY_ALL = `
ip link add bridge0 type bridge
mount -t tmpfs tmpfs /mnt
mkdir /mnt/files /mnt/root
mount -t overlay overlay -o lowerdir=/mnt/files:/ /mnt/root`;

/** A suite that needs machines. Where none can be made, it is skipped, and its name says why. */
export function describeMachines(name: string, tests: () => void): void {
  const obstacle = findObstacle();
  if (obstacle === null) describe(name, tests);
  else describe.skip(`${name} (skipped: ${obstacle})`, tests);
}

function findObstacle(): string | null {
  if (process.platform !== 'linux') return 'namespaces are of Linux';
  if (process.getuid?.() !== 0) return 'only root may make namespaces';
  const missing = ['unshare', 'nsenter', 'setpriv', 'ip', 'curl', 'haproxy'].find(isMissing);
  if (missing) return `there is no ${missing} on the PATH`;
  const words = ['--net', '--mount', 'sh', '-ec', TRY_ALL];
  const { status } = spawnSync('unshare', words, { env: { PATH }, timeout: 10_000 });
  return status === 0 ? null : 'this machine makes no namespaces';
}

function isMissing(program: string): boolean {
  const words = ['-c', 'command -v "$0"', program];
  return spawnSync('sh', words, { env: { PATH } }).status !== 0;
}

export interface MachinePlan {
  name: string;
  address: string;
  /** Further addresses that it answers at, to which the network has a route. */
  extraAddresses?: string[];
  /** Texts by path, which everybody may read; a link has its target behind `->`. */
  files: Record<string, string>;
  /** A directory of this machine for /data. */
  data?: string;
}

export interface Command {
  name: string;
  words: string[];
  env: Record<string, string>;
  directory?: string;
  user: number;
}

export interface Machine {
  /** Starts a process. Its output is kept. */
  run(command: Command): Promise<Process>;
  /** Pulls the cable first: no process can announce its end. */
  remove(): Promise<void>;
}

export type Network = Awaited<ReturnType<typeof startNetwork>>;

/** `gateway` is the address of the test's own processes on the network, which is a /16. */
export async function startNetwork(gateway: string) {
  await removeLeftovers();
  const directory = await mkdtemp(join(tmpdir(), `machines-${process.pid}-`));
  await chmod(directory, 0o755);
  const processes = new Set<Process>();
  const output: string[] = [];
  let machines = 0;
  stopAtEnd(stop);
  const { pid } = await startNamespace('network', ['--net'], START_NETWORK, { GATEWAY: gateway });

  return { start, run, ask, makeDirectory, route, output: () => output.join('\n'), stop };

  async function start(plan: MachinePlan): Promise<Machine> {
    const cable = `cable${machines++}`;
    const files = join(directory, cable, 'files');
    await writeFiles(files, plan.files);
    const mount = join(directory, cable, 'mount');
    await mkdir(mount);
    const holder = await startNamespace(plan.name, ['--net', '--mount'], START_MACHINE, {
      NETWORK: String(pid),
      CABLE: cable,
      ADDRESS: plan.address,
      EXTRA_ADDRESSES: (plan.extraAddresses ?? []).join(' '),
      GATEWAY: gateway,
      FILES: files,
      MOUNT: mount,
      PROJECT,
      PROJECT_HERE: ROOT,
      DATA: plan.data ?? '',
    });
    const own = new Set([holder]);
    return {
      async run(command) {
        const child = await startInside(holder.pid, command);
        own.add(child);
        return child;
      },
      async remove() {
        await ask(['ip', 'link', 'delete', cable]);
        await Promise.all([...own].map(end));
      },
    };
  }

  /** Starts a process of this machine on the network. */
  function run(name: string, words: string[], print: (line: string) => void): Promise<Process> {
    return launch(name, ['nsenter', `--net=/proc/${pid}/ns/net`, ...words], {}, print);
  }

  /** Resolves to what the command prints. Rejects when it fails, or takes more than ten seconds. */
  async function ask(words: string[], env: Record<string, string> = {}): Promise<string> {
    const inside = [`--net=/proc/${pid}/ns/net`, ...words];
    const options = { env: { PATH, ...env }, timeout: 10_000 };
    return (await promisify(execFile)('nsenter', inside, options)).stdout;
  }

  /** Leads an address to a machine; without one, packets to it are refused. */
  async function route(address: string, machine: string | null): Promise<void> {
    const kept = machine ? [address, 'via', machine] : ['unreachable', address];
    await ask(['ip', 'route', 'flush', `${address}/32`]);
    await ask(['ip', 'route', 'add', ...kept]);
  }

  /** A directory that outlives machines, as a volume does. */
  async function makeDirectory(name: string, owner: number): Promise<string> {
    const path = await mkdtemp(join(directory, `${name}-`));
    await chown(path, owner, owner);
    return path;
  }

  async function startNamespace(
    name: string,
    kinds: string[],
    script: string,
    env: Record<string, string>,
  ): Promise<Process> {
    let becomeReady: () => void;
    const ready = new Promise<void>((resolve) => (becomeReady = resolve));
    const child = await launch(name, ['unshare', ...kinds, 'sh', '-ec', script], env, (line) => {
      if (line === 'ready') becomeReady();
      else output.push(`${name}: ${line}`);
    });
    const failed = child.ended.then((how) => {
      throw new Error(`${name} did not start (${how}):\n${output.join('\n')}`);
    });
    failed.catch(() => {}); // it ends one day
    await Promise.race([ready, failed]);
    return child;
  }

  function startInside(holder: number, command: Command): Promise<Process> {
    const { name, words, env, directory = '/', user } = command;
    const enter = ['nsenter', `--target=${holder}`, '--net', '--mount', '--root', '--wd'];
    const drop = [`--reuid=${user}`, `--regid=${user}`, '--clear-groups', '--no-new-privs'];
    const rights = ['setpriv', ...drop, '--bounding-set=-all', '--inh-caps=-all'];
    const place = ['sh', '-c', 'cd "$0" && exec "$@"', directory];
    const print = (line: string) => void output.push(`${name}: ${line}`);
    return launch(name, [...enter, ...rights, ...place, ...words], env, print);
  }

  async function launch(
    name: string,
    words: string[],
    env: Record<string, string>,
    print: (line: string) => void,
  ): Promise<Process> {
    const command = words as [string, ...string[]];
    const child = await startProcess({ name, command, cwd: '/', env: { PATH, ...env } }, print);
    processes.add(child);
    return child;
  }

  async function end(child: Process): Promise<void> {
    child.kill();
    await child.ended;
    processes.delete(child);
  }

  async function stop(): Promise<void> {
    await Promise.all([...processes].map(end));
    await rm(directory, { recursive: true, force: true });
  }
}

/** Removes the files of tests that were killed. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^machines-(\d+)-/.exec(name)?.[1] ?? process.pid);
    if (!isRunning(pid)) await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

async function writeFiles(directory: string, files: Record<string, string>): Promise<void> {
  // What is mounted needs a place
  for (const place of ['proc', 'dev', 'data', PROJECT]) {
    await mkdir(join(directory, place), { recursive: true });
  }
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    if (text.startsWith('->')) await symlink(text.slice(2), join(directory, path));
    else await writeFile(join(directory, path), text);
  }
}
