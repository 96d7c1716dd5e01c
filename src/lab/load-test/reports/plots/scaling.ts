/** What more instances bring: throughput beside p99, by number of instances. */
import { bottomAxis, figureAxis, text } from '../../../report/axes.ts';
import { color } from '../../../report/colors.ts';
import { formatCount, formatLatency } from '../../../report/numbers.ts';
import { drawSvg } from '../../../report/svg-plot.ts';
import type { Step } from '../../summary.ts';

/** As SVG, of the steps with a number of instances. The note says what else limits them. */
export function plotScaling(steps: Step[], note = ''): string {
  const counted = steps.filter(({ count }) => count !== null);
  const rates = counted.map(({ rate }) => rate);
  const latencies = counted.map(({ latency }) => latency.p99);
  return drawSvg({
    name: 'scaling',
    description: describe(counted, note),
    width: 800,
    height: note ? 336 : 304,
    option: {
      title: {
        text: note,
        left: 16,
        bottom: 0,
        padding: [0, 0, 4, 0],
        textStyle: { ...text('pencil'), fontWeight: 'normal' },
      },
      grid: [
        { left: 60, width: 300, top: 40, height: 210 },
        { left: 460, width: 300, top: 40, height: 210 },
      ],
      xAxis: [0, 1].map((gridIndex) => ({ ...countAxis(counted), gridIndex })),
      yAxis: [
        { ...figureAxis('Requests per second'), axisLabel: thousands(), gridIndex: 0 },
        { ...figureAxis('p99 latency (ms)'), axisLabel: thousands(), gridIndex: 1 },
      ],
      series: [
        { ...bars(rates, formatCount, 'blue'), xAxisIndex: 0, yAxisIndex: 0 },
        { ...bars(latencies, formatLatency, 'pencil'), xAxisIndex: 1, yAxisIndex: 1 },
      ],
    },
  });
}

function describe(steps: Step[], note: string): string {
  const figures = steps.map(
    ({ count, rate, latency }) =>
      `${count}: ${formatCount(rate)} requests per second, p99 ${formatLatency(latency.p99)} ms`,
  );
  return `Throughput and p99 latency by number of instances. ${figures.join('; ')}. ${note}`.trim();
}

function countAxis(steps: Step[]) {
  return {
    ...bottomAxis('Instances'),
    type: 'category' as const,
    data: steps.map(({ count }) => String(count)),
    axisTick: { show: false },
  };
}

function thousands() {
  return { ...text('pencil'), formatter: (value: number) => formatCount(value) };
}

function bars(values: number[], format: (value: number) => string, name: 'blue' | 'pencil') {
  return {
    type: 'bar' as const,
    data: values,
    barMaxWidth: 56,
    itemStyle: { color: color(name), borderRadius: [3, 3, 0, 0] },
    label: {
      ...text('ink'),
      show: true,
      position: 'top' as const,
      fontWeight: 'bold' as const,
      formatter: ({ dataIndex }: { dataIndex: number }) => format(values[dataIndex]!),
    },
  };
}
