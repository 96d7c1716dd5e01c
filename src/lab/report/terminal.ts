/** Prints reports: Markdown to files and pipes, and to a terminal tables that fit into it. */
import type { Column } from './markdown-table.ts';

/** Columns of characters, in wider terminals too: longer lines are hard to follow. */
const WIDTH = 80;
const GAP = '  ';

const TABLE = /^\|.*\|(\n\|.*\|)*$/gm;
const ZERO = /^(0[0.]*( %)?)?$/;
/** Where a line may go on below. */
const BEHIND_BLANKS = /(?<= )/;
const BEHIND_PARTS = /(?<=[ /-])/;

/** Prints a report in Markdown to standard output. */
export function printReport(markdown: string): void {
  const { isTTY, columns } = process.stdout;
  console.log(isTTY ? forTerminal(markdown, Math.min(columns, WIDTH)) : markdown);
}

/** Returns the text with lines that fit, and with tables without pipes and columns of zeros. */
export function forTerminal(markdown: string, width = WIDTH): string {
  const withTables = markdown.replaceAll(TABLE, (table) => redraw(table, width));
  return withTables
    .split('\n')
    .flatMap((line) => wrap(line, width, BEHIND_BLANKS))
    .join('\n');
}

/** Names the columns of zeros below. */
function redraw(table: string, width: number): string {
  const [titles, rule, ...lines] = table.split('\n').map((line) => line.slice(2, -2).split(' | '));
  const columns = titles!.map((title, i) => ({
    title: title.trim(),
    isFigure: rule![i]!.endsWith(':'),
  }));
  const rows = lines.map((cells) => cells.map((cell, i) => readCell(cell, columns[i]!)));
  const isZero = columns.map((_, i) => rows.every((row) => ZERO.test(row[i]!)));
  const withoutZeros = <Cell>(cells: Cell[]) => cells.filter((_, i) => !isZero[i]);
  const zeros = columns.filter((_, i) => isZero[i]).map(({ title }) => title);
  const shown = rows.map((row, y) => withoutRepetition(row, rows[y - 1] ?? [], columns));
  const laidOut = layOut(withoutZeros(columns), shown.map(withoutZeros), width);
  return zeros.length > 0 ? `${laidOut}\n\nEverywhere 0: ${zeros.join(', ')}.` : laidOut;
}

/** Blanks at the beginning of words indent them. */
function readCell(text: string, { isFigure }: Column): string {
  return (isFigure ? text.trim() : text.trimEnd()).replaceAll(/\*\*|`/g, '');
}

/** Leaves out the words at the beginning of a row that stand above them already. */
function withoutRepetition(row: string[], above: string[], columns: Column[]): string[] {
  const same = row.findIndex((cell, i) => cell !== above[i] || columns[i]!.isFigure);
  return row.map((cell, i) => (i < same ? '' : cell));
}

/** Returns a table in columns of even width. What is too long for its column goes on below. */
export function layOut(columns: Column[], rows: string[][], width = WIDTH): string {
  const titles = columns.map(({ title }) => title);
  const widths = fit([titles, ...rows], width);
  const [head, ...body] = [titles, ...rows].map(formatRow);
  const rule = widths.map((each) => '-'.repeat(each)).join(GAP);
  const [first = '', ...others] = body.map((row, i) => {
    const isApart = row.includes('\n') || body[i - 1]?.includes('\n');
    return isApart && i > 0 ? `\n${row}` : row;
  });
  return [head, rule, first, ...others].join('\n');

  function formatRow(row: string[]): string {
    const cells = row.map((cell, i) => wrap(cell, widths[i]!, BEHIND_PARTS));
    const height = Math.max(...cells.map((lines) => lines.length));
    const lines = Array.from({ length: height }, (_, y) =>
      cells.map((each, i) => pad(each[y] ?? '', i)),
    );
    return lines.map((line) => line.join(GAP).trimEnd()).join('\n');
  }

  function pad(text: string, i: number): string {
    return columns[i]!.isFigure ? text.padStart(widths[i]!) : text.padEnd(widths[i]!);
  }
}

/** Returns the widths of the columns. Titles give way before cells do, and wide columns before narrow ones. */
function fit([titles, ...rows]: string[][], width: number): number[] {
  const widest = (i: number, lengthOf: (text: string) => number, all: string[][]) =>
    Math.max(...all.map((row) => lengthOf(row[i]!)));
  const whole = (text: string) => text.length;
  const longestPart = (text: string) =>
    Math.max(...text.split(BEHIND_PARTS).map((part) => part.trim().length));
  const widths = titles!.map((_, i) => widest(i, whole, [titles!, ...rows]));
  const cells = titles!.map((title, i) => Math.max(longestPart(title), widest(i, whole, rows)));
  const parts = titles!.map((_, i) => widest(i, longestPart, [titles!, ...rows]));
  for (const least of [cells, parts]) {
    while (sum(widths) + GAP.length * (widths.length - 1) > width) {
      const slack = widths.map((each, i) => (each > least[i]! ? each : 0));
      if (sum(slack) === 0) break;
      widths[slack.indexOf(Math.max(...slack))]!--;
    }
  }
  return widths;
}

function wrap(text: string, width: number, places: RegExp): string[] {
  const lines = [''];
  for (const part of text.split(places)) {
    const line = lines.at(-1)!;
    if (line && line.length + part.trimEnd().length > width) lines.push(part);
    else lines[lines.length - 1] = line + part;
  }
  return lines.map((line) => line.trimEnd());
}

function sum(numbers: number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}
