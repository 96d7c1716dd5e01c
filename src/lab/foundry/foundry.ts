/** `npm run foundry`, a Cloud Foundry on your desk: its life cycle. */
import { runProgram } from '../command-line/program.ts';
import { stopOnSignals } from '../command-line/stopping.ts';
import { printerFor } from '../processes/output.ts';
import { printReport } from '../report/terminal.ts';
import { describeFoundry } from './announcement.ts';
import { createFoundryProgram, type Start } from './arguments.ts';
import { createCommands } from './control/commands.ts';
import { type Control, send, startControl } from './control/control.ts';
import { listenToKeys } from './control/keys.ts';

const program = createFoundryProgram({
  start: run,
  send: async (command) => console.log(await send(command)),
});
await runProgram(program);

/** Returns when it was stopped and nothing is left. Throws when it cannot go on. */
async function run({ port, instances: count, cpu, redis, settings }: Start): Promise<void> {
  const { signal, stop, interrupt } = stopOnSignals();
  // Loaded only here: the commands for a foundry that runs are twice as quick without them
  const { bindRedis } = await import('../redis/topologies.ts');
  const { withFoundry } = await import('./start.ts');
  const options = {
    port,
    bind: bindRedis(redis),
    settings: () => settings,
    cpu,
    signal,
  };
  let control: Control | undefined;
  let keys: ReturnType<typeof listenToKeys> | undefined;
  try {
    await withFoundry(options, async (foundry) => {
      const { instances } = foundry;
      foundry.servers.onCrash(foundry.service.revive);
      const commands = createCommands(foundry);
      control = await startControl({ port: foundry.port, commands, stop });
      await instances.scale(count);

      const { stdin } = process;
      printReport(describeFoundry(foundry, count, stdin.isTTY));
      if (stdin.isTTY) {
        const printLine = printerFor('foundry');
        const print = (text: string) =>
          text.includes('\n') ? console.log(`\n${text}\n`) : printLine(text); // a table is wide
        keys = listenToKeys({ input: stdin, commands, instances, interrupt, print });
        signal.addEventListener('abort', keys.close);
      }
      await new Promise(() => {}); // the signal ends it
    });
  } catch (error) {
    if (error !== signal.reason) throw error;
  } finally {
    keys?.close();
    await control?.close(); // reports to others that nothing is left
  }
}
