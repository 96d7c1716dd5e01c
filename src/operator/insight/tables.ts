/** SLOWLOG GET and CLIENT LIST as tables. */
import { OWN_PREFIX } from '../../redis/names.ts';
import { showElement, type Shown } from '../bytes-as-json.ts';

interface SlowCommand {
  at: Date;
  /** Microseconds. */
  took: number;
  /** Its words, as far as Redis keeps them; those of the app's own keys are left out. */
  command: Shown[];
  client: string;
}

/** The values of these are the app's, and no one else's: hashes of passwords, data of sessions. */
export function listSlowCommands(entries: unknown[]): SlowCommand[] {
  return (entries as [number, number, number, Buffer[], Buffer?][]).map(
    ([, seconds, took, words, client]) => ({
      at: new Date(1000 * seconds),
      took,
      command: words.some((word) => word.includes(OWN_PREFIX))
        ? [showElement(words[0]!), `${OWN_PREFIX}…`]
        : words.map(showElement),
      client: client?.toString() ?? '',
    }),
  );
}

/** `id=3 addr=127.0.0.1:60000 name= age=2 …`, a line for each client. */
export function listClients(text: string): Record<string, string>[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => Object.fromEntries(line.split(' ').map((pair) => pair.split(/=(.*)/s, 2))));
}
