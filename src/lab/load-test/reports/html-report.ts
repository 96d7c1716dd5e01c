/** The report of a load test: one HTML page that needs neither network nor script. */
import escapeHtml from 'escape-html';
import { count, formatCount } from '../../report/numbers.ts';
import { NARROW, WIDE } from '../../report/svg.ts';
import { STYLE } from './html-style.ts';
import { htmlTable } from './html-table.ts';
import { plotLatency } from './plots/latency.ts';
import { plotScaling } from './plots/scaling.ts';
import { plotThroughput } from './plots/throughput.ts';
import type { Summary } from '../summary.ts';
import { describeUse } from './use.ts';
import { judge } from '../verdict.ts';

/** The target and the conditions of the test. */
export interface Facts {
  /** The URL of the app, without a password. */
  target: string;
  startedAt: Date;
  users: number;
  connections: number;
  /** Requests per second; null for as many as the connections carry. */
  rate: number | null;
  /** Seconds of each step. */
  duration: number;
  /** Versions by the name of the program, such as `node`. */
  versions: Record<string, string>;
  /** A sentence about what else limits the figures, such as the number of cores. */
  note?: string;
}

export function htmlReport(summary: Summary, facts: Facts): string {
  const { isGood, sentence } = judge(summary);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Load test of ${escapeHtml(facts.target)}</title>
<style>
${STYLE}
</style>
</head>
<body>
<main>
<h1>Load test of ${escapeHtml(facts.target)}</h1>
<p class="verdict ${isGood ? 'good' : 'bad'}">${escapeHtml(sentence)}</p>
${factList(summary, facts)}${paragraph(describeUse(summary))}
<h2 id="figures">Figures</h2>
${scrollable('Figures', htmlTable(summary))}
${figures(summary, facts).join('\n')}
</main>
</body>
</html>
`;
}

function paragraph(text: string | null): string {
  return text === null ? '' : `\n<p>${escapeHtml(text)}</p>`;
}

function factList(summary: Summary, facts: Facts): string {
  const { startedAt, users, connections, rate, duration, versions } = facts;
  const entries = {
    Started: `${startedAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    Scenario: summary.scenario,
    Users: formatCount(users),
    Connections: formatCount(connections),
    Rate: rate === null ? 'as fast as it can' : `${count(rate, 'request')} per second`,
    'Each step': count(duration, 'second'),
    Versions: Object.entries(versions)
      .map((program) => program.join(' '))
      .join(', '),
  };
  const items = Object.entries(entries).map(
    ([name, value]) => `<div><dt>${name}</dt><dd>${escapeHtml(value)}</dd></div>`,
  );
  return `<dl>\n${items.join('\n')}\n</dl>`;
}

function figures({ steps }: Summary, { note }: Facts): string[] {
  const counted = steps.filter((step) => step.count !== null);
  return [
    figure({
      title: 'Throughput',
      caption: 'Answers per second, by the instance that gave them.',
      draw: (width) => plotThroughput(steps, width),
    }),
    figure({
      title: 'Latency',
      caption:
        'At 90%, one request in ten took longer. A line ends where fewer than ten requests did.',
      draw: (width) => plotLatency(steps, width),
    }),
    ...(counted.length > 1
      ? [
          figure({
            title: 'Scaling',
            caption: 'What more instances bring.',
            draw: (width) => plotScaling(steps, note, width),
          }),
        ]
      : []),
  ];
}

interface Figure {
  title: string;
  caption: string;
  /** Draws SVG of that width. */
  draw: (width: number) => string;
}

/** The style sheet shows one of the two drawings. */
function figure({ title, caption, draw }: Figure): string {
  return `<figure>
<figcaption><strong>${title}</strong>${caption}</figcaption>
<div class="wide">
${draw(WIDE)}
</div>
<div class="narrow">
${draw(NARROW)}
</div>
</figure>`;
}

/** Content that may be wider than a phone's screen, and can be scrolled with a keyboard. */
function scrollable(name: string, content: string): string {
  return `<div class="scroll" role="region" aria-label="${name}" tabindex="0">\n${content}\n</div>`;
}
