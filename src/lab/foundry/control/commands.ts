/** What one can tell a foundry that runs, from its keys or from another terminal. */
import type { CommandName } from '../arguments.ts';
import type { Instances } from '../instances/instances.ts';
import type { RedisService } from '../../redis/fail-over.ts';
import { formatStatus } from './status.ts';

/** Each resolves when it is done, to what there is to say. They reject with a problem. */
export type Commands = Record<Exclude<CommandName, 'stop'>, (number: number) => Promise<string>>;

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
