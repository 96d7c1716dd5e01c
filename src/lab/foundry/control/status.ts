/** The instances as a table. */
import type { Instance } from '../instances/instance.ts';

const HEADINGS = ['index', 'GUID', 'state', 'pid', 'port', 'since'];

/** By their indexes; none at an index means that the last one has crashed. */
export function formatStatus(slots: Instance[][]): string {
  const rows = slots.flatMap((instances, index) =>
    instances.length > 0 ? instances.map(toRow) : [[`${index}`, '', 'crashed', '', '', '']],
  );
  return formatTable([HEADINGS, ...rows]);
}

function toRow({ index, guid, state, pid, port, since }: Instance): string[] {
  return [`${index}`, guid, state, `${pid}`, `${port}`, formatTime(since)];
}

function formatTime(time: Date): string {
  return time.toTimeString().slice(0, 8); // hh:mm:ss
}

function formatTable(rows: string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column]!)));
  return lines.map((cells) => cells.join('  ').trimEnd()).join('\n');
}
