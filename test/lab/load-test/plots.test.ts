import { join } from 'node:path';
import { plotLatency } from '../../../src/lab/load-test/reports/plots/latency.ts';
import { plotScaling } from '../../../src/lab/load-test/reports/plots/scaling.ts';
import { plotThroughput } from '../../../src/lab/load-test/reports/plots/throughput.ts';
import { createTimeline } from '../../../src/lab/load-test/reports/plots/timeline.ts';
import { standaloneSvg } from '../../../src/lab/report/svg.ts';
import { expectGolden } from '../../support/golden.ts';
import { asFound, crash, scaleOut, unanswered } from './fixtures.ts';

const NOTE = 'All instances share two cores with Redis and the load test.';

/** As files of their own, so that they can be looked at. */
function expectPlot(name: string, svg: string) {
  expectGolden(join(import.meta.dirname, `${name}.golden.svg`), `${standaloneSvg(svg)}\n`);
}

describe('the plot of latencies', () => {
  it('has a line for each step, named at its end', () => {
    expectPlot('latency', plotLatency(scaleOut().steps));
  });

  it('leaves out percentiles of fewer requests than carry them', () => {
    const few = scaleOut().steps.map((step) => ({ ...step, requests: 500 }));
    expect(texts(plotLatency(few))).toEqual(expect.arrayContaining(['90%', '95%']));
    expect(texts(plotLatency(few))).not.toContain('99.9%');
    expect(describeOf(plotLatency(few))).toContain('1 instance: p50 6.3 ms, p95 19 ms;');
    expect(texts(plotScaling(few))).toContain('p95 latency (ms)');
  });

  it('names no number of instances where nobody asked for one', () => {
    const svg = plotLatency(asFound().steps);
    expect(texts(svg)).not.toContainEqual(expect.stringContaining('instance'));
  });

  it('says so when no request was answered', () => {
    const svg = plotLatency(unanswered().steps);
    expect(texts(svg)).toContain('No request was answered.');
    expect(describeOf(svg)).toBe('Latency by percentile. No request was answered.');
  });

  it('tells who does not see it p50 and p99 of each step', () => {
    expect(describeOf(plotLatency(scaleOut().steps))).toBe(
      'Latency by percentile. 1 instance: p50 6.3 ms, p99 38 ms; ' +
        '2 instances: p50 4.0 ms, p99 24 ms; 4 instances: p50 3.5 ms, p99 21 ms.',
    );
  });
});

describe('the plot of throughput', () => {
  it('marks the steps', () => {
    expectPlot('throughput', plotThroughput(scaleOut().steps));
  });

  it('begins time at 0, however long the sign-ins before have taken', () => {
    const late = scaleOut().steps.map((step) => ({
      ...step,
      timeline: step.timeline.map((each) => ({ ...each, second: each.second + 7 })),
    }));
    expect(plotThroughput(late)).toBe(plotThroughput(scaleOut().steps));
  });

  it('shows failures, and an instance that comes back under another GUID', () => {
    expectPlot('throughput-crash', plotThroughput(crash().steps));
  });

  it('shows failures where no request was answered', () => {
    const svg = plotThroughput(unanswered().steps);
    expect(texts(svg)).toEqual(
      expect.arrayContaining(['No request was answered.', 'Failures per second']),
    );
  });

  it('is blank without a single second', () => {
    const steps = unanswered().steps.map((step) => ({ ...step, timeline: [] }));
    expect(texts(plotThroughput(steps))).toContain('No request was answered.');
  });

  it('writes only the number of instances above a short step', () => {
    const [one, two] = scaleOut().steps;
    const short = { ...two!, timeline: two!.timeline.slice(0, 1) };
    expect(texts(plotThroughput([one!, short]))).toEqual(
      expect.arrayContaining(['1 instance', '2']),
    );
  });
});

describe('the plot of scaling', () => {
  it('shows throughput beside p99, and the note', () => {
    expectPlot('scaling', plotScaling(scaleOut().steps, NOTE));
  });

  it('shows the highest percentile that each of the steps carries', () => {
    const [one, ...others] = scaleOut().steps;
    const shown = texts(plotScaling([{ ...one!, requests: 500 }, ...others]));
    expect(shown).toContain('p95 latency (ms)');
  });

  it('shows p50 where none of them carries any', () => {
    const few = scaleOut().steps.map((step) => ({ ...step, requests: 19 }));
    expect(texts(plotScaling(few))).toContain('p50 latency (ms)');
  });

  it('leaves out steps without a number of instances', () => {
    const steps = [...scaleOut().steps, ...asFound().steps];
    expect(plotScaling(steps, NOTE)).toBe(plotScaling(scaleOut().steps, NOTE));
  });
});

describe('every plot', () => {
  it('is drawn to the same bytes again', () => {
    const draw = () => plotThroughput(crash().steps);
    expect(draw()).toBe(draw());
  });
});

describe('the timeline', () => {
  it('puts instances in order of their index, then of their lives, and none last', () => {
    const order = createTimeline(crash().steps).instances.map(({ name, life }) => [name, life]);
    expect(order).toEqual([
      ['0/07c9bb3d', 0],
      ['1/17c9bb3d', 0],
      ['1/e5a0c412', 1],
      ['2/27c9bb3d', 0],
      ['none', 0],
    ]);
  });

  it('adds up the second that two steps share, and fills those that none has', () => {
    const [one, two] = scaleOut().steps;
    const answers = (second: number, times: number) => [
      { second, answers: { '0/a': times }, failures: 1 },
    ];
    const steps = [
      { ...one!, timeline: [...answers(3, 10), ...answers(5, 20)] },
      { ...two!, timeline: answers(5, 7) },
    ];
    const { seconds, failures, instances } = createTimeline(steps);
    expect({ seconds, failures }).toEqual({ seconds: [3, 4, 5], failures: [1, 0, 2] });
    expect(instances[0]!.answers).toEqual([10, 0, 27]);
  });
});

function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text!);
}

function describeOf(svg: string): string | undefined {
  return /aria-label="([^"]*)"/.exec(svg)?.[1];
}
