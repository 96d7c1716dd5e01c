/** The commands for a foundry that runs, from its keys or from another terminal. */
import { createOutage } from '../../redis/outage.ts';
import { layOut } from '../../report/terminal.ts';
import type { CommandName } from '../arguments.ts';
import type { Instance } from '../instances/instance.ts';
import type { Limits } from '../limits/limits.ts';
import type { RedisService } from '../../redis/fail-over.ts';
import { createRotation } from '../rotation.ts';
import type { Foundry } from '../start.ts';
import { measureUsage, type Usage } from '../usage.ts';

/** Each resolves, when it is done, to a text for the user. They reject with a problem. */
export type Commands = Record<Exclude<CommandName, 'stop'>, (number: number) => Promise<string>>;

const COLUMNS = ['index', 'GUID', 'state', 'pid', 'port', 'since', 'memory', 'cores'];
/** As much of a GUID as `X-App-Instance` has, and as the page shows. */
const GUID_START = 8; // characters

export function createCommands(foundry: Foundry<RedisService>): Commands {
  const { instances, service, servers, limiter } = foundry;
  const hang = createOutage(servers);
  const rotate = createRotation(foundry);
  return {
    status: () => describeStatus(instances.list(), limiter.limits),

    async scale(count) {
      await instances.scale(count);
      return `The app has ${count} ${count === 1 ? 'instance' : 'instances'}.`;
    },

    async kill(index) {
      await instances.kill(index);
      return `Instance ${index} was killed, and another one is up.`;
    },

    async restart() {
      await instances.restart();
      return 'All instances are new ones.';
    },

    async rotate() {
      await rotate();
      return 'All instances have another password of Redis, which refuses the one before.';
    },

    'fail-over': () => service.failOver(),

    async outage(seconds) {
      await hang(seconds);
      return `Redis hung for ${seconds} ${seconds === 1 ? 'second' : 'seconds'}, and answers again.`;
    },
  };
}

/** An index without an instance is one whose instance has crashed. */
async function describeStatus(slots: Instance[][], limits: Limits): Promise<string> {
  const rows = await Promise.all(
    slots.flatMap((instances, index) =>
      instances.length > 0
        ? instances.map((instance) => toRow(instance, limits))
        : [Promise.resolve([`${index}`, '', 'crashed', '', '', '', '', ''])],
    ),
  );
  return layOut(
    COLUMNS.map((title) => ({ title })),
    rows,
  );
}

async function toRow(instance: Instance, limits: Limits): Promise<string[]> {
  const { index, guid, state, pid, port, since } = instance;
  const usage = await measureUsage(pid);
  const time = since.toTimeString().slice(0, 8); // hh:mm:ss
  const start = guid.slice(0, GUID_START);
  return [`${index}`, start, state, `${pid}`, `${port}`, time, ...describeUsage(usage, limits)];
}

/** As "61 of 256 MB" and "0.13 of 0.2". */
function describeUsage(usage: Usage | null, limits: Limits): [memory: string, cores: string] {
  if (!usage) return ['', ''];
  const of = (limit: number) => (limit > 0 ? ` of ${limit}` : '');
  return [
    `${usage.memory.toFixed(0)}${of(limits.memory)} MB`,
    `${usage.cpu.toFixed(2)}${of(limits.cpu)}`,
  ];
}
