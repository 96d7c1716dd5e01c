/** Reads compose.yaml, and starts its services on machines as a container engine does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from './lab.ts';
import { type Network, PROJECT } from './machines.ts';
import { lightAppAt } from './light-app.ts';

/** What images say of the user, and of the directory in which a command runs. */
const IMAGES: Record<string, { user: number; directory: string }> = {
  'haproxy:3.2': { user: 99, directory: '/' },
  'redis:8': { user: 0, directory: '/data' },
  'redis-example-app': { user: 1000, directory: PROJECT },
};

interface Service {
  image: string;
  command: string | string[];
  user?: string;
  hostname?: string;
  ports?: string[];
  environment?: Record<string, string | number>;
  configs?: Mounted[];
  secrets?: (Mounted | string)[];
  mem_limit?: string;
  networks: { default: { ipv4_address: string } };
}

interface Mounted {
  source: string;
  target: string;
}

interface ComposeFile {
  services: Record<string, Service>;
  configs: Record<string, { content: string }>;
  secrets: Record<string, { environment: string }>;
  networks: { default: { ipam: { config: { gateway: string }[] } } };
}

/** With the anchors resolved, and the dollars that Compose wants doubled. */
export const composeFile: ComposeFile = parse(
  readFileSync(join(ROOT, 'compose.yaml'), 'utf8').replaceAll('$$', '$'),
  { merge: true },
);

export function addressOf(service: string): string {
  return composeFile.services[service]!.networks.default.ipv4_address;
}

export interface Container {
  /** Kills the process, and starts it again at once, as its restart policy has it. */
  restart(): Promise<void>;
  /** Removes its machine. */
  remove(): Promise<void>;
}

/** Each service has one volume, for /data, which it keeps. */
export function createEngine(network: Network, variables: Record<string, string>) {
  const volumes = new Map<string, string>();
  return { up };

  /** As `docker compose up SERVICE` does. */
  async function up(name: string): Promise<Container> {
    const service = composeFile.services[name]!;
    const image = IMAGES[service.image]!;
    const user = Number(service.user ?? image.user);
    if (!volumes.has(name)) volumes.set(name, await network.makeDirectory(name, user));
    const machine = await network.start({
      name,
      address: addressOf(name),
      files: listFiles(service, variables),
      data: volumes.get(name),
    });
    const command = {
      name,
      words: wordsOf(service.command),
      env: {
        ...lightAppAt(PROJECT),
        HOSTNAME: service.hostname ?? name,
        ...texts(service.environment ?? {}),
      },
      user,
      directory: image.directory,
    };
    let process = await machine.run(command);
    return {
      async restart() {
        process.kill();
        await process.ended;
        process = await machine.run(command);
      },
      remove: () => machine.remove(),
    };
  }
}

function listFiles(service: Service, variables: Record<string, string>): Record<string, string> {
  const configs = (service.configs ?? []).map(({ source, target }) => [
    target,
    composeFile.configs[source]!.content,
  ]);
  const secrets = (service.secrets ?? []).map((secret) => {
    const { source, target } =
      typeof secret === 'string' ? { source: secret, target: `/run/secrets/${secret}` } : secret;
    return [target, variables[composeFile.secrets[source]!.environment]!];
  });
  return Object.fromEntries([...configs, ...secrets]);
}

function wordsOf(command: string | string[]): string[] {
  return typeof command === 'string' ? command.split(' ') : command;
}

function texts(environment: Record<string, string | number>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, String(value)]),
  );
}
