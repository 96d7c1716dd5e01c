/** Where the steps of a load test are on its timeline. */
import { text } from '../../../report/axes.ts';
import { color } from '../../../report/colors.ts';
import type { Step } from '../../summary.ts';
import { instanceCount } from './instance-count.ts';
import type { Timeline } from './timeline.ts';

const NARROW = 0.12; // of all time: a band too narrow for more than a figure

/** Names the steps above the answers, and marks where one ends and the next begins. */
export function stepBands(steps: Step[], { seconds }: Timeline) {
  const begun = steps.filter(({ timeline }) => timeline.length > 0);
  const begins = begun.map(({ timeline }) => timeline[0]!.second - seconds[0]!);
  const bands = begun.map((step, i) => {
    const [begin, end] = [begins[i]!, begins[i + 1] ?? seconds.length];
    const isNarrow = end - begin < NARROW * seconds.length;
    const name = isNarrow ? String(step.count ?? '') : instanceCount(step);
    return [{ name, xAxis: begin }, { xAxis: end }];
  });
  return {
    type: 'line' as const,
    data: [],
    markArea: {
      silent: true,
      itemStyle: { color: 'none' },
      label: { ...text('ink'), position: 'top' as const, fontWeight: 'bold' as const },
      data: bands as [{ xAxis: number }, { xAxis: number }][],
    },
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: color('ink'), type: 'dashed' as const, width: 1.5 },
      data: begins.slice(1).map((xAxis) => ({ xAxis })),
    },
  };
}
