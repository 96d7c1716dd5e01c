/** Markdown tables that read as well in a terminal: columns of even width. */

export interface Column {
  title: string;
  /** Figures stand to the right, words to the left. */
  isFigure?: boolean;
}

/** A column, and the text that a row shows in it. */
export interface ColumnOf<Row> extends Column {
  text: (row: Row) => string;
}

/** A column of words. */
export function words<Row>(title: string, text: (row: Row) => string): ColumnOf<Row> {
  return { title, text };
}

/** A column of figures. */
export function figures<Row>(title: string, text: (row: Row) => string): ColumnOf<Row> {
  return { title, text, isFigure: true };
}

export function tabulate<Row>(rows: Row[], columns: ColumnOf<Row>[]): string {
  return markdownTable(
    columns,
    rows.map((row) => columns.map(({ text }) => text(row))),
  );
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
