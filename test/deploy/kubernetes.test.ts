/** deploy/kubernetes.yaml: is valid, and fails over on machines that are made for its pods. */
import { readFile } from 'node:fs/promises';
import { type Authority, createAuthority } from '../support/certificates.ts';
import {
  createCluster,
  find,
  kubernetesFile,
  type KubernetesObject,
  type Pod,
  type Workload,
} from '../support/kubernetes.ts';
import { composeFile } from '../support/compose.ts';
import { judge, type Judgement } from '../support/load.ts';
import { describeMachines, type Network, startNetwork } from '../support/machines.ts';
import { createSentinels, timeToFailOver } from '../support/sentinels.ts';
import { until } from '../support/until.ts';

const PASSWORD = 's3cret-of-the-user';
const GATEWAY = '10.244.0.1';
const INGRESS = '10.244.0.2';
const URL = `https://${INGRESS}:8443`;
/** Of the Services redis-address-0, -1 and -2. */
const SERVICES = ['10.96.0.10', '10.96.0.11', '10.96.0.12'];
/**
 * Packets to a Service are lost until its pod is there. If they were refused, Sentinel would have connections
 * with an error that it never reads, and be busy with them for ever (github.com/redis/redis/issues/9956).
 */
const SERVICE_NETWORK = '10.96.0.0/16';
/** How long routers send requests to a pod that is deleted, in seconds. */
const ROUTER_LAG = 4;
/** All that happens under load, on a busy machine. */
const LONGEST = 120_000; // milliseconds

const deployment = find<Workload>('Deployment', 'redis-example-app');
const statefulSet = find<Workload>('StatefulSet', 'redis');
const { sleep } = deployment.spec.template.spec.containers[0]!.lifecycle!.preStop;

describe('kubernetes.yaml', () => {
  it.each(kubernetesFile.map((object) => [object.kind, object.metadata.name, object]))(
    'has a valid %s %s',
    async (_kind, _name, object) => {
      expect(await findUnknownFields(object)).toEqual([]);
    },
  );

  it('drains a pod longer than routers send requests to it, and is done before it is killed', () => {
    expect(sleep.seconds).toBeGreaterThan(ROUTER_LAG);
    const { terminationGracePeriodSeconds = 30 } = deployment.spec.template.spec;
    expect(sleep.seconds + 10).toBeLessThan(terminationGracePeriodSeconds);
  });

  it('has no password', () => {
    const { stringData } = find('Secret', 'redis-binding');
    expect(Object.keys(stringData!)).toEqual(['type', 'master_name', 'sentinels']);
  });

  it('asks the app whether it is ready and alive, and never Redis', () => {
    const [app] = deployment.spec.template.spec.containers;
    expect(app).toMatchObject({
      readinessProbe: { httpGet: { path: '/status/ready', port: 'http' } },
      livenessProbe: { httpGet: { path: '/status/health', port: 'http' } },
    });
  });

  it('makes nobody root, and gives no file system to write', () => {
    for (const { spec } of [deployment.spec.template, statefulSet.spec.template]) {
      expect(spec).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      for (const container of spec.containers)
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          },
        });
    }
  });

  it('gives the app 256 MB, one proxy to trust, and three pods or more', () => {
    const [app] = deployment.spec.template.spec.containers;
    expect(app).toMatchObject({
      resources: { limits: { memory: '256Mi' } },
      env: expect.arrayContaining([{ name: 'TRUSTED_PROXIES', value: '1' }]),
    });
    expect(find<any>('HorizontalPodAutoscaler', 'redis-example-app').spec).toMatchObject({
      scaleTargetRef: { kind: 'Deployment', name: 'redis-example-app' },
      minReplicas: 3,
    });
    expect(deployment.spec).toMatchObject({ strategy: { rollingUpdate: { maxUnavailable: 0 } } });
  });

  it('leads from the Ingress to the port of the app', () => {
    const [rule] = find<any>('Ingress', 'redis-example-app').spec.rules;
    const { service } = rule.http.paths[0].backend;
    const [port] = find<any>('Service', service.name).spec.ports;
    const [app] = deployment.spec.template.spec.containers;
    expect(port).toEqual({ port: service.port.number, targetPort: app!.ports[0]!.name });
  });
});

describe('the pods', () => {
  const REDIS = ['redis-0', 'redis-1', 'redis-2'];
  /** Their labels, by their names. */
  const pods: Record<string, Record<string, string>> = { app: labelsOf(deployment) };
  for (const name of REDIS)
    pods[name] = { ...labelsOf(statefulSet), 'statefulset.kubernetes.io/pod-name': name };

  function labelsOf(workload: any): Record<string, string> {
    return workload.spec.template.metadata.labels;
  }

  /** Returns the names of the pods that have these labels. */
  function select(labels: Record<string, string>): string[] {
    const wanted = Object.entries(labels);
    return Object.keys(pods).filter((name) =>
      wanted.every(([label, value]) => pods[name]![label] === value),
    );
  }

  it.each<[string, string[]]>([
    ['redis-example-app', ['app']],
    ['redis', REDIS],
    ['redis-address-0', ['redis-0']],
    ['redis-address-1', ['redis-1']],
    ['redis-address-2', ['redis-2']],
  ])('of the Service %s are %j', (name, chosen) => {
    expect(select(find<any>('Service', name).spec.selector)).toEqual(chosen);
  });

  it.each<[string, string[]]>([
    ['redis-example-app', ['app']],
    ['redis', REDIS],
  ])('of %s leave one at a time, and have a policy for their network', (name, chosen) => {
    const budget = find<any>('PodDisruptionBudget', name).spec;
    expect(budget.maxUnavailable).toBe(1);
    expect(select(budget.selector.matchLabels)).toEqual(chosen);
    const { podSelector, policyTypes } = find<any>('NetworkPolicy', name).spec;
    expect(select(podSelector.matchLabels)).toEqual(chosen);
    expect(policyTypes).toEqual(['Ingress', 'Egress']);
  });

  it('of the app hear the Ingress controller alone, and those of Redis the app and each other', () => {
    const [app, redis] = ['redis-example-app', 'redis'].map(
      (name) => find<any>('NetworkPolicy', name).spec,
    );
    const choose = (peers: any[]) =>
      peers.flatMap(({ podSelector }) => select(podSelector.matchLabels)).sort();
    const ports = [{ port: 6379 }, { port: 26379 }];
    const controller = { key: 'kubernetes.io/metadata.name', operator: 'In' };
    expect(app.ingress).toEqual([
      {
        from: [{ namespaceSelector: { matchExpressions: [expect.objectContaining(controller)] } }],
        ports: [{ port: 8080 }],
      },
    ]);
    expect([choose(app.egress[0].to), app.egress[0].ports]).toEqual([REDIS, ports]);
    expect(redis.ingress).toHaveLength(1);
    expect([choose(redis.ingress[0].from), redis.ingress[0].ports]).toEqual([
      ['app', ...REDIS],
      ports,
    ]);
  });

  it('of Redis are set up as the services of Compose', () => {
    for (const [container, service] of [
      ['redis', 'redis-0'],
      ['sentinel', 'sentinel-0'],
    ] as const) {
      const { containers } = statefulSet.spec.template.spec;
      const { command } = containers.find(({ name }) => name === container)!;
      const settings = listSettings(command!).filter((line) => !line.endsWith('announce-ip $own'));
      expect(settings.length).toBeGreaterThan(3);
      expect(settings).toEqual(listSettings(composeFile.services[service]!.command as string[]));
    }
  });

  it('of Redis keep what is stored, and take no writes without a replica', () => {
    const { command } = statefulSet.spec.template.spec.containers[0]!;
    expect(listSettings(command!)).toEqual(
      expect.arrayContaining(['appendonly yes', 'min-replicas-to-write 1', 'maxmemory 128mb']),
    );
    expect(statefulSet.spec.volumeClaimTemplates).toMatchObject([{ metadata: { name: 'data' } }]);
    for (const { volumeMounts } of statefulSet.spec.template.spec.containers)
      expect(volumeMounts).toContainEqual({ name: 'data', mountPath: '/data' });
  });

  it('of Redis fail over when two of three Sentinels agree, on both platforms', () => {
    const { command } = statefulSet.spec.template.spec.containers[1]!;
    for (const words of [command!, composeFile.services['sentinel-0']!.command])
      expect(words.at(-1)).toMatch(/^sentinel monitor primary \S+ 6379 2$/m);
  });

  /** What a server gets at each start. */
  function listSettings(command: string[]): string[] {
    const [, settings] = /^exec redis-server [^\n]*<<END\n(.*)^END$/ms.exec(command.at(-1)!)!;
    return settings!.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  }
});

describeMachines('a cluster', () => {
  let authority: Authority;
  let network: Network;
  let cluster: ReturnType<typeof createCluster>;
  let sentinels: ReturnType<typeof createSentinels>;
  const redis: Pod[] = [];
  let apps: Pod[];
  /** Of the first primary, before it was removed. */
  let formerAddress: string;
  beforeAll(async () => {
    authority = await createAuthority();
    network = await startNetwork(GATEWAY);
    await network.ask(['ip', 'route', 'add', 'blackhole', SERVICE_NETWORK]);
    const addresses = SERVICES.map((address, i) => [`redis-address-${i}`, address]);
    const secrets = { 'redis-password': { password: PASSWORD } };
    cluster = createCluster(network, Object.fromEntries(addresses), secrets);
    await Promise.all([startIngress(), ...SERVICES.map((_, ordinal) => startRedis(ordinal))]);
    const names = ['x2k4j', 'b7wqz', '9mnvd'].map((end) => `redis-example-app-7d9f8b6c5-${end}`);
    apps = await Promise.all(names.map(startApp));
    sentinels = createSentinels(network, { redis: SERVICES, sentinels: SERVICES }, PASSWORD);
    await sentinels.untilComplete();
    await until('the app uses its Redis', works, { limit: 30_000, pause: 200 });
  });

  it('gives each pod an index of its own, and a GUID that begins with the end of its name', async () => {
    const instances = await Promise.all(apps.map(({ address }) => instanceAt(address)));
    expect(instances.map((instance) => instance.split('/')[1]!.slice(0, 6))).toEqual([
      'x2k4j-',
      'b7wqz-',
      '9mnvd-',
    ]);
    expect(new Set(instances.map((instance) => instance.split('/')[0])).size).toBe(3);
  });

  it('gives cookies for HTTPS, and counts a client by its own address', async () => {
    const form = ['-d', 'username=alice', '-d', 'password=correct horse battery staple'];
    const forged = ['-H', 'X-Forwarded-For: 192.0.2.1'];
    const answer = await request('/session/sign-up', '-i', ...form, ...forged);
    expect(answer).toMatch(/^set-cookie: __Host-session=.*; secure/im);
    // The log may come after the answer
    await until('it is logged', () =>
      network.output().includes(`Sign-up of alice from ${GATEWAY}`),
    );
  });

  describe('under load, when a pod is deleted, and then the pod of the primary is gone', () => {
    let judgement: Judgement;
    let elected: number;
    beforeAll(async () => {
      const all = await judge(network, { url: URL, authority: authority.caFile }, async () => {
        await replaceApp();
        return sentinels.failOver({ remove: removePrimary, comeBack: bringPrimaryBack, works });
      });
      judgement = all.judgement;
      elected = all.result.elected;
    }, LONGEST);

    it('fails no request, though routers send to a deleted pod for some seconds', () => {
      // While Redis is away, the app itself answers 503
      expect(Object.keys(judgement.errors)).toEqual(['HTTP 503']);
    });

    it('has another primary within the time that the file configures', () => {
      expect(elected).toBeLessThan(timeToFailOver(JSON.stringify(statefulSet)));
    });

    it('loses no login and no value', () => {
      expect(judgement).toMatchObject({ loginsLost: 0, valuesWrong: 0 });
    });

    it('gives the pod that comes back another address', () => {
      expect(redis[0]!.address).not.toBe(formerAddress);
    });
  });

  async function replaceApp(): Promise<void> {
    const [leaving] = apps.splice(0, 1);
    apps.push(await startApp('redis-example-app-7d9f8b6c5-hh8c2'));
    await deletePod(leaving!);
  }

  async function removePrimary(): Promise<void> {
    formerAddress = redis[0]!.address;
    await redis[0]!.machine.remove();
    await network.route(SERVICES[0]!, null);
  }

  /** It becomes a replica. */
  function bringPrimaryBack(): Promise<void> {
    return startRedis(0);
  }

  /** A pod of the StatefulSet, and the route to the Service with its address. */
  async function startRedis(ordinal: number): Promise<void> {
    const service = SERVICES[ordinal]!;
    const pod = await cluster.startPod(statefulSet, `redis-${ordinal}`, [service]);
    await network.route(service, pod.address);
    redis[ordinal] = pod;
    await until(`${pod.name} is ready`, pod.isReady, { limit: 30_000, pause: 200 });
  }

  /** A pod of the Deployment, which routers send requests to when it is ready. */
  async function startApp(name: string): Promise<Pod> {
    const pod = await cluster.startPod(deployment, name);
    await until(`${name} is ready`, pod.isReady, { limit: 30_000, pause: 200 });
    await tellIngress(`enable server app/${pod.address}`);
    return pod;
  }

  /** As the kubelet does, while the routers learn of it in their own time. */
  async function deletePod({ machine, processes, address }: Pod): Promise<void> {
    const deletedAt = performance.now();
    const since = (seconds: number) => performance.now() - deletedAt >= 1000 * seconds;
    const routersKnow = until('routers know', () => since(ROUTER_LAG)).then(() =>
      tellIngress(`disable server app/${address}`),
    );
    await until('the sleep is over', () => since(sleep.seconds));
    processes.app!.kill('SIGTERM');
    expect(await processes.app!.ended).toBe('exit code 0');
    await routersKnow;
    await machine.remove();
  }

  /** It ends TLS. It tries no second time, so that each request that a pod refuses is counted. */
  async function startIngress(): Promise<void> {
    const pods = Array.from({ length: 20 }, (_, i) => `10.244.0.${10 + i}`);
    const configuration = [
      'global',
      `  stats socket ipv4@${INGRESS}:9999 level admin`,
      'defaults',
      '  mode http',
      '  timeout connect 1s',
      '  timeout client 15m',
      '  timeout server 15m',
      '  retries 0',
      'frontend ingress',
      '  bind :8443 ssl crt /ingress.pem',
      '  option forwardfor',
      '  http-request set-header X-Forwarded-Proto https',
      '  default_backend app',
      'backend app',
      ...pods.map((address) => `  server ${address} ${address}:8080 disabled`),
    ];
    const { certificate, key } = await authority.issue('ingress', `IP:${INGRESS}`);
    const files = {
      '/haproxy.cfg': `${configuration.join('\n')}\n`,
      '/ingress.pem': (await readFile(certificate, 'utf8')) + (await readFile(key, 'utf8')),
    };
    const machine = await network.start({ name: 'ingress', address: INGRESS, files });
    await machine.run({
      name: 'ingress',
      words: ['haproxy', '-db', '-f', '/haproxy.cfg'],
      env: {},
      user: 99,
    });
    await until('the Ingress controller listens', () =>
      tellIngress('show info').then(
        () => true,
        () => false,
      ),
    );
  }

  function tellIngress(command: string): Promise<string> {
    const script = `exec 3<>/dev/tcp/${INGRESS}/9999 && echo "${command}" >&3 && cat <&3`;
    return network.ask(['bash', '-c', script]);
  }

  function request(path: string, ...options: string[]): Promise<string> {
    return network.ask(['curl', '-s', '--cacert', authority.caFile, URL + path, ...options]);
  }

  async function works(): Promise<boolean> {
    const status = await request('/status/redis').catch(() => '');
    return status === 'Redis works';
  }

  async function instanceAt(address: string): Promise<string> {
    const head = await network.ask(['curl', '-sI', `http://${address}:8080/status/health`]);
    return /^x-app-instance: (\S+)/im.exec(head)![1]!;
  }
});

/**
 * Validates an object, and returns the paths of the fields that its kind does not have: a schema allows them,
 * but never reads them. Throws for what is invalid.
 */
async function findUnknownFields(object: KubernetesObject): Promise<string[]> {
  const { apiVersion, kind } = object;
  const models = await import(`kubernetes-models/${apiVersion}/${kind}`);
  const unread = new Set<string>();
  // A model would read all fields, to copy them
  models[kind].prototype.validate.call(watchFields(object, '', unread));
  return [...unread];
}

/** Keeps the paths of all fields in `unread` until they are read. */
function watchFields<Watched extends object>(
  object: Watched,
  path: string,
  unread: Set<string>,
): Watched {
  const watched = Array.isArray(object) ? [] : {};
  for (const [name, value] of Object.entries(object)) {
    const own = `${path}/${name}`;
    unread.add(own);
    const isLeaf = typeof value !== 'object' || value === null;
    const content = isLeaf ? value : watchFields(value, own, unread);
    Object.defineProperty(watched, name, {
      enumerable: true,
      get() {
        unread.delete(own);
        return content;
      },
    });
  }
  return watched as Watched;
}
