/** The commands for a foundry that runs, from its keys or from another terminal. */
import type { RedisService } from '../../redis/fail-over.ts';
import type { CommandName } from '../arguments.ts';
import type { Instance } from '../instances/instance.ts';
import type { Instances } from '../instances/instances.ts';

/** Each resolves, when it is done, to a text for the user. They reject with a problem. */
export type Commands = Record<Exclude<CommandName, 'stop'>, (number: number) => Promise<string>>;

const HEADINGS = ['index', 'GUID', 'state', 'pid', 'port', 'since'];

export function createCommands(instances: Instances, redis: RedisService): Commands {
  return {
    status: () => Promise.resolve(formatStatus(instances.list())),

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

    'fail-over': () => redis.failOver(),
  };
}

/** An index without an instance is one whose instance has crashed. */
function formatStatus(slots: Instance[][]): string {
  const rows = slots.flatMap((instances, index) =>
    instances.length > 0 ? instances.map(toRow) : [[`${index}`, '', 'crashed', '', '', '']],
  );
  return formatTable([HEADINGS, ...rows]);
}

function toRow({ index, guid, state, pid, port, since }: Instance): string[] {
  const time = since.toTimeString().slice(0, 8); // hh:mm:ss
  return [`${index}`, guid, state, `${pid}`, `${port}`, time];
}

function formatTable(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)));
  return lines.map((cells) => cells.join('  ').trimEnd()).join('\n');
}
