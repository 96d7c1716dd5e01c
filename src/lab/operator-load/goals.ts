/** The goals of the operator's room, and whether they are met. */
import { median } from '../bench/statistics.ts';
import { formatCount, formatLatency } from '../report/numbers.ts';
import type { Extent, Figures } from './measure.ts';

export interface Goal {
  name: string;
  most: string;
  measured: string;
  isMet: boolean;
}

/** Returns each figure beside its goal; the p99 is judged by the median of the rounds. */
export function judge(
  { keys }: Pick<Extent, 'keys'>,
  { firstPage, p99s, slow, memory }: Figures,
): Goal[] {
  const ratios = p99s.map(({ alone, beside }) => beside / alone);
  const ratio = median(ratios);
  const [alone, beside] = (['alone', 'beside'] as const).map((which) =>
    formatLatency(median(p99s.map((each) => each[which]))),
  );
  return [
    {
      name: `first page of ${formatCount(keys)} keys, the slowest of 20`,
      most: '300 ms',
      measured: `${formatLatency(firstPage)} ms`,
      isMet: firstPage <= 300,
    },
    {
      name: 'p99 of GET /:key beside the operator, median of the rounds',
      most: 'twice that without',
      measured: `${ratio.toFixed(2)} × (${alone} and ${beside} ms; single rounds ${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
      isMet: ratio < 2,
    },
    {
      name: 'entries in the slow log',
      most: 'none',
      measured: slow.length > 0 ? slow.join(', ') : 'none',
      isMet: slow.length === 0,
    },
    {
      name: 'memory of the instance at its peak',
      most: '256 MB',
      measured: `${formatCount(memory)} MB`,
      isMet: memory < 256,
    },
  ];
}
