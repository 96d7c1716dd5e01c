/** INFO as objects: its groups, and the statistics of commands. */

/** The fields of each group, as Redis writes them: `info.memory.used_memory`. */
export type Info = Record<string, Record<string, string>>;

export interface CommandStatistics {
  command: string;
  calls: number;
  /** Calls that ended in an error, and calls that were refused before; null before Redis 6.2. */
  failed: number | null;
  rejected: number | null;
  /** Microseconds that a call takes on average. */
  mean: number;
  /** Microseconds; null before Redis 7.0. */
  p50: number | null;
  p99: number | null;
  p999: number | null;
}

const SHOWN = 100;

export function parseInfo(text: string): Info {
  const info: Info = {};
  let group: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^# (\w+)/.exec(line) ?? [];
    const colon = line.indexOf(':');
    if (name) info[name.toLowerCase()] = group = {};
    else if (colon > 0) group[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return info;
}

/** Takes INFO commandstats and latencystats. Commands that took the most time in all come first. */
export function listCommands({ commandstats = {}, latencystats = {} }: Info): CommandStatistics[] {
  return Object.entries(commandstats)
    .map(([name, text]) => ({ command: name.replace('cmdstat_', ''), fields: parsePairs(text) }))
    .sort((one, other) => numberIn(other.fields, 'usec')! - numberIn(one.fields, 'usec')!)
    .slice(0, SHOWN)
    .map(({ command, fields }) => {
      const latency = parsePairs(latencystats[`latency_percentiles_usec_${command}`] ?? '');
      return {
        command: command.replace('|', ' ').toUpperCase(),
        calls: numberIn(fields, 'calls')!,
        failed: numberIn(fields, 'failed_calls'),
        rejected: numberIn(fields, 'rejected_calls'),
        mean: numberIn(fields, 'usec_per_call')!,
        p50: numberIn(latency, 'p50'),
        p99: numberIn(latency, 'p99'),
        p999: numberIn(latency, 'p99.9'),
      };
    });
}

/** `calls=3,usec=12` */
function parsePairs(text: string): Map<string, string> {
  return new Map(text.split(',').map((pair) => pair.split('=', 2) as [string, string]));
}

function numberIn(fields: Map<string, string>, name: string): number | null {
  const text = fields.get(name);
  return text === undefined ? null : Number(text);
}
