/** Single keys in the foundry's own terminal. */
import { emitKeypressEvents, type Key } from 'node:readline';
import { MOST_INSTANCES } from '../arguments.ts';
import type { Instances } from '../instances/instances.ts';
import type { Print } from '../../processes/output.ts';
import type { Commands } from './commands.ts';

const OUTAGE = 5; // seconds

const KEYS = `  0 to 9   kill that instance
  + and -  one instance more, one fewer
  r        restart all instances, one by one
  c        rotate the credentials of Redis
  f        fail Redis over to a replica
  o        make Redis hang for ${OUTAGE} seconds
  s        the status of the instances
  ?        these keys
  q        stop, as Ctrl-C does`;

/** The type of `process.stdin` when it is a terminal. */
type Terminal = NodeJS.ReadableStream & { setRawMode(isRaw: boolean): unknown };

interface Parts {
  input: Terminal;
  commands: Commands;
  instances: Instances;
  /** Does what Ctrl-C does: in raw mode, the terminal sends no signal for it. */
  interrupt: () => void;
  print: Print;
}

export function listenToKeys({ input, commands, instances, interrupt, print }: Parts) {
  emitKeypressEvents(input);
  input.on('keypress', press);
  input.setRawMode(true);
  input.resume();
  return { close };

  /** Restores the terminal. */
  function close() {
    input.off('keypress', press);
    input.setRawMode(false);
    input.pause();
  }

  function press(_: unknown, { sequence = '', name, ctrl }: Key) {
    if (sequence === 'q' || (ctrl && name === 'c')) return interrupt();
    const done = act(sequence);
    done?.then(print, (error: Error) => print(error.message));
  }

  function act(key: string): Promise<string> | undefined {
    if (/^\d$/.test(key)) return commands.kill(Number(key));
    if (key === '+') return scaleBy(1);
    if (key === '-') return scaleBy(-1);
    if (key === 'r') return commands.restart(0);
    if (key === 'c') return commands.rotate(0);
    if (key === 'f') return commands['fail-over'](0);
    if (key === 'o') return commands.outage(OUTAGE);
    if (key === 's') return commands.status(0);
    if (key === '?') return Promise.resolve(KEYS);
  }

  function scaleBy(difference: number): Promise<string> {
    const count = instances.list().length + difference;
    if (count >= 1 && count <= MOST_INSTANCES) return commands.scale(count);
    return Promise.resolve(`The app has from 1 to ${MOST_INSTANCES} instances.`);
  }
}
