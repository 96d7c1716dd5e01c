/** How the servers of each topology are told about each other, and what the binding says of them. */
import type { Server, Servers } from '../../../src/lab/redis/servers.ts';
import { startRedis } from '../../../src/lab/redis/topologies.ts';

type Plan = Parameters<Servers['start']>[0];

let plans: Plan[];
let servers: Servers;
beforeEach(() => {
  plans = [];
  servers = {
    async start(plan: Plan) {
      const { name, password, isSentinel } = plan;
      return { name, password, isSentinel, port: 6999 + plans.push(plan) } as Server;
    },
    until: async () => true,
    stopping: new AbortController().signal,
  } as unknown as Servers;
});

const MEMORY = 'maxmemory 262144000';
const linesOf = ({ configuration }: Plan) => configuration!;

it('standalone: one server with the memory and the password of the plan', async () => {
  const { credentials } = await startRedis('standalone', servers);

  const [{ name, password, configuration }] = plans as [Plan];
  expect({ name, configuration }).toEqual({ name: 'redis', configuration: [MEMORY] });
  expect(password).toMatch(/^[\da-f-]{36}$/);
  expect(credentials).toEqual({ host: '127.0.0.1', password, port: 7000 });
});

it('replicated: replicas that know their primary, and an endpoint that is a replica', async () => {
  const { credentials } = await startRedis('replicated', servers);

  const [primary, ...replicas] = plans as [Plan, ...Plan[]];
  const { password } = primary;
  expect(new Set(plans.map((plan) => plan.password))).toEqual(new Set([password]));
  expect(linesOf(primary)).toEqual(expect.arrayContaining([MEMORY, `masterauth ${password}`]));
  expect(linesOf(primary).join()).not.toContain('replicaof');
  expect(replicas).toHaveLength(2);
  for (const replica of replicas) {
    expect(linesOf(replica)).toEqual([...linesOf(primary), 'replicaof 127.0.0.1 7000']);
  }
  expect(credentials).toMatchObject({ port: 7000, password, reader_endpoint: '127.0.0.1:7001' });
});

it('sentinel: three Sentinels with a password of their own, two of which must agree', async () => {
  const { credentials } = await startRedis('sentinel', servers);

  const [primary] = plans as [Plan];
  const sentinels = plans.filter(({ isSentinel }) => isSentinel);
  expect(sentinels).toHaveLength(3);
  for (const sentinel of sentinels) {
    expect(linesOf(sentinel)).not.toContain(MEMORY);
    expect(linesOf(sentinel)).toEqual(
      expect.arrayContaining([
        'sentinel monitor redis-master 127.0.0.1 7000 2',
        `sentinel auth-pass redis-master ${primary.password}`,
      ]),
    );
  }
  expect(credentials).toMatchObject({
    password: primary.password,
    sentinel_password: sentinels[0]!.password,
    sentinels: [7003, 7004, 7005].map((port) => ({ host: '127.0.0.1', port })),
  });
  expect(sentinels[0]!.password).not.toBe(primary.password);
});
