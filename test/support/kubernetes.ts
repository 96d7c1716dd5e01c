/** Reads deploy/kubernetes.yaml, and starts its pods on machines as a cluster does. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Process } from '../../src/lab/processes/process.ts';
import { ROOT } from './lab.ts';
import { type Machine, type Network, PROJECT } from './machines.ts';
import { lightAppAt } from './light-app.ts';

/** The user of an image where the pod names none, and the command where the container has none. */
const APP_USER = 1000;
const [, APP_COMMAND] = /^web: (.*)/.exec(readFileSync(join(ROOT, 'Procfile'), 'utf8'))!;

const SECRETS_MOUNTED_AT = '..2026_11_22_06_00_00.1234567890';

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  stringData?: Record<string, string>;
}

/** A Deployment or a StatefulSet, as far as it is read here. */
export interface Workload extends KubernetesObject {
  spec: { template: { spec: PodSpec }; volumeClaimTemplates?: unknown[] };
}

interface PodSpec {
  securityContext: { runAsUser?: number };
  containers: Container[];
  volumes: Volume[];
  terminationGracePeriodSeconds?: number;
}

interface Container {
  name: string;
  command?: string[];
  env?: { name: string; value: string }[];
  ports: { name: string; containerPort: number }[];
  readinessProbe: {
    exec?: { command: string[] };
    httpGet?: { path: string; port: string };
    tcpSocket?: { port: string };
  };
  lifecycle?: { preStop: { sleep: { seconds: number } } };
  volumeMounts: { name: string; mountPath: string }[];
}

interface Volume {
  name: string;
  secret?: { secretName: string };
  projected?: { sources: { secret: ProjectedSecret }[] };
}

interface ProjectedSecret {
  name: string;
  items?: { key: string; path: string }[];
}

export const kubernetesFile: KubernetesObject[] = parseAllDocuments(
  readFileSync(join(ROOT, 'deploy/kubernetes.yaml'), 'utf8'),
).map((document) => document.toJS());

export function find<Kind extends KubernetesObject>(kind: string, name: string): Kind {
  const found = kubernetesFile.find((each) => each.kind === kind && each.metadata.name === name);
  return found as Kind;
}

export interface Pod {
  name: string;
  address: string;
  machine: Machine;
  /** By the names of the containers. */
  processes: Record<string, Process>;
  /** Resolves when all readiness probes of the pod succeed. */
  isReady: () => Promise<boolean>;
}

type Secrets = Record<string, Record<string, string>>;

/**
 * `addresses` has the addresses of Services by name, which pods find in /etc/hosts. The secrets are those
 * of the file and others that the user has made.
 */
export function createCluster(
  network: Network,
  addresses: Record<string, string>,
  userSecrets: Secrets,
) {
  const secrets: Secrets = { ...secretsOfFile(), ...userSecrets };
  const volumes = new Map<string, string>();
  let pods = 0;
  return { startPod };

  /** Each pod has a new address. `extraAddresses` are those of Services that lead to it alone. */
  async function startPod(
    owner: Workload,
    name: string,
    extraAddresses: string[] = [],
  ): Promise<Pod> {
    const { spec } = owner.spec.template;
    const address = `10.244.0.${10 + pods++}`;
    const user = spec.securityContext.runAsUser ?? APP_USER;
    if (owner.spec.volumeClaimTemplates && !volumes.has(name)) {
      volumes.set(name, await network.makeDirectory(name, user));
    }
    const files = {
      '/etc/hosts': formatHosts({ localhost: '127.0.0.1', [name]: address, ...addresses }),
      '/etc/nsswitch.conf': 'hosts: files\n',
      ...mountSecrets(spec),
    };
    const data = volumes.get(name);
    const machine = await network.start({ name, address, extraAddresses, files, data });
    const processes: Record<string, Process> = {};
    for (const container of spec.containers) {
      processes[container.name] = await machine.run({
        name: `${name}/${container.name}`,
        words: container.command ?? APP_COMMAND!.split(' '),
        env: {
          ...lightAppAt(PROJECT),
          HOSTNAME: name,
          KUBERNETES_SERVICE_HOST: '10.96.0.1',
          ...variablesOf(container),
        },
        directory: container.command ? '/' : PROJECT,
        user,
      });
    }
    return { name, address, machine, processes, isReady };

    async function isReady(): Promise<boolean> {
      const ready = await Promise.all(
        spec.containers.map((container) => probe(container, machine, address, user)),
      );
      return ready.every(Boolean);
    }
  }

  async function probe(
    { readinessProbe, ports }: Container,
    machine: Machine,
    address: string,
    user: number,
  ): Promise<boolean> {
    const { exec, httpGet, tcpSocket } = readinessProbe;
    if (exec) {
      const process = await machine.run({ name: 'probe', words: exec.command, env: {}, user });
      return (await process.ended) === 'exit code 0';
    }
    const { port } = (httpGet ?? tcpSocket)!;
    const number = ports.find(({ name }) => name === port)!.containerPort;
    const url = `http://${address}:${number}${httpGet?.path ?? ''}`;
    const words = httpGet
      ? ['curl', '-fsS', url]
      : ['bash', '-c', `: </dev/tcp/${address}/${number}`];
    return network.ask(words).then(
      () => true,
      () => false,
    );
  }

  /** As the kubelet does: the files are behind a link, so that all change at once. */
  function mountSecrets({ volumes: mounted, containers }: PodSpec): Record<string, string> {
    const mounts = containers.flatMap(({ volumeMounts }) => volumeMounts);
    const files: Record<string, string> = {};
    for (const volume of mounted) {
      const { mountPath } = mounts.find(({ name }) => name === volume.name)!;
      files[`${mountPath}/..data`] = `->${SECRETS_MOUNTED_AT}`;
      for (const [file, value] of Object.entries(valuesOf(volume))) {
        files[`${mountPath}/${SECRETS_MOUNTED_AT}/${file}`] = value;
        files[`${mountPath}/${file}`] = `->..data/${file}`;
      }
    }
    return files;
  }

  function valuesOf({ secret, projected }: Volume): Record<string, string> {
    if (secret) return secrets[secret.secretName]!;
    const sources = projected!.sources.map(({ secret: { name, items } }) => {
      const values = secrets[name]!;
      return items?.map(({ key, path }) => [path, values[key]!]) ?? Object.entries(values);
    });
    return Object.fromEntries(sources.flat());
  }
}

function secretsOfFile(): Secrets {
  const found = kubernetesFile.filter(({ kind }) => kind === 'Secret');
  return Object.fromEntries(found.map(({ metadata, stringData }) => [metadata.name, stringData!]));
}

function variablesOf({ env = [] }: Container): Record<string, string> {
  return Object.fromEntries(env.map(({ name, value }) => [name, value]));
}

function formatHosts(addresses: Record<string, string>): string {
  return Object.entries(addresses)
    .map(([name, address]) => `${address} ${name}\n`)
    .join('');
}
