/** The statistics that Redis keeps of its commands. */
import { type Info, parsePairs, toNumber } from '../../redis/info.ts';

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

/** Takes INFO commandstats and latencystats. Commands that took the most time in all come first. */
export function listCommands({ commandstats = {}, latencystats = {} }: Info): CommandStatistics[] {
  return Object.entries(commandstats)
    .map(([name, text]) => ({ command: name.replace('cmdstat_', ''), fields: parsePairs(text) }))
    .sort((one, other) => Number(other.fields.usec) - Number(one.fields.usec))
    .slice(0, SHOWN)
    .map(({ command, fields }) => {
      const latency = parsePairs(latencystats[`latency_percentiles_usec_${command}`] ?? '');
      return {
        command: command.replace('|', ' ').toUpperCase(),
        calls: Number(fields.calls),
        failed: toNumber(fields.failed_calls),
        rejected: toNumber(fields.rejected_calls),
        mean: Number(fields.usec_per_call),
        p50: toNumber(latency.p50),
        p99: toNumber(latency.p99),
        p999: toNumber(latency['p99.9']),
      };
    });
}
