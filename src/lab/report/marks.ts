/** The parts that plots share: a heading, quiet axes with their unit, a legend, a note. */
import { axisX, axisY, dot, gridY, type Markish, text } from '@observablehq/plot';
import { color } from './colors.ts';
import { formatCount } from './numbers.ts';
import type { Panel } from './svg.ts';

export const LEGEND_ROW = 24; // pixels

interface AxisOptions {
  ticks?: number | number[];
  tickFormat?: (value: number) => string;
  /** Of the name. */
  color?: string;
  /** Pixels from the axis up to its name. */
  offset?: number;
}

/** A panel with a title and a line below it. */
export function heading(title: string, subtitle: string): Panel {
  const line = { frameAnchor: 'top-left', textAnchor: 'start' } as const;
  return {
    height: 64,
    margin: 16,
    marks: [
      text([title], { ...line, fontSize: 20, fontWeight: 'bold' }),
      text([subtitle], { ...line, dy: 32, fontSize: 14, fill: color('pencil') }),
    ],
  };
}

/** An axis of figures from bottom to top, with the grid behind the data; its name stands above it. */
export function figureAxis(label: string, options: AxisOptions = {}): Markish[] {
  const pencil = color('pencil');
  const { ticks = 4, tickFormat = formatCount, color: fill = pencil, offset = 22 } = options;
  return [
    gridY({ ticks, stroke: color('line'), strokeOpacity: 1 }),
    axisY({ ticks, tickFormat, tickSize: 0, color: pencil, label: null }),
    text([label], {
      frameAnchor: 'top-left',
      textAnchor: 'start',
      dx: -44,
      dy: -offset,
      fill,
    }),
  ];
}

/** An axis along the bottom; its name stands below the middle. */
export function bottomAxis(label: string, options: AxisOptions = {}): Markish {
  return axisX({
    ...options,
    label,
    labelAnchor: 'center',
    labelArrow: 'none',
    labelOffset: 40,
    color: color('pencil'),
  });
}

export interface LegendEntry {
  name: string;
  color: string;
  /** 0 to 1. */
  opacity: number;
}

/** A panel of names, each beside a square of its colour, in rows of so many columns. */
export function legend(entries: LegendEntry[], columns: number, columnWidth: number): Panel {
  const x = (_: unknown, i: number) => 8 + (i % columns) * columnWidth;
  const y = (_: unknown, i: number) => 12 + LEGEND_ROW * Math.floor(i / columns);
  return {
    width: columns * columnWidth + 8,
    height: LEGEND_ROW * Math.ceil(entries.length / columns),
    margin: 0,
    x: { type: 'identity' },
    y: { type: 'identity' },
    opacity: { type: 'identity' },
    marks: [
      dot(entries, { x, y, r: 7, symbol: 'square', fill: 'color', fillOpacity: 'opacity' }),
      text(entries, { x, y, dx: 14, text: 'name', textAnchor: 'start' }),
    ],
  };
}

/** A sentence in the middle of a plot without data. */
export function note(message: string): Markish {
  return text([message], { frameAnchor: 'middle', fill: color('pencil') });
}
