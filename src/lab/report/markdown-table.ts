/** A Markdown table that reads as well in a terminal: columns of even width. */

export interface Column {
  title: string;
  /** Figures stand to the right, words to the left. */
  isFigure?: boolean;
}

export function markdownTable(columns: Column[], rows: string[][]): string {
  const titles = columns.map(({ title }) => title);
  const widths = columns.map((_, i) =>
    Math.max(3, ...[titles, ...rows].map((row) => row[i]!.length)),
  );
  const rule = columns.map(({ isFigure }, i) =>
    isFigure ? `${'-'.repeat(widths[i]! - 1)}:` : '-'.repeat(widths[i]!),
  );
  return [titles, rule, ...rows].map(line).join('\n');

  function line(cells: string[]): string {
    return `| ${cells.map(pad).join(' | ')} |`;
  }

  function pad(cell: string, i: number): string {
    return columns[i]!.isFigure ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
  }
}
