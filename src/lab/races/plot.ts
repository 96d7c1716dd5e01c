/** The results as one plot: for each race, a bar for each server. */
import { axisY, barX, ruleX, text } from '@observablehq/plot';
import { color } from '../report/colors.ts';
import { heading } from '../report/marks.ts';
import { formatCount } from '../report/numbers.ts';
import { drawSvg, type Panel, standaloneSvg } from '../report/svg.ts';
import { type Outcome, type RaceName, RACES, type Result, UNDONE } from './results.ts';

const WIDTH = 900;
const TOP = 80; // for the heading
const NAMES = 320; // to the left of the bars
const LABEL = 120; // to the right of the longest bar
const BAR = 30; // with the space around it
const TITLE = 44; // above the bars of a race

/** As SVG for a README, readable on light and on dark pages. The server named `own` stands out. */
export function plotRaces(results: Result[], own: string): string {
  const height = TITLE + results.length * BAR;
  const svg = drawSvg({
    description: describe(results),
    width: WIDTH,
    height: TOP + RACES.length * height + 16,
    panels: [
      heading('Updates lost and sign-outs undone', 'Two instances of each server, on one Redis'),
      ...RACES.map((race, i) => ({ ...bars(race, results, own), height, top: TOP + i * height })),
    ],
  });
  return standaloneSvg(svg);
}

function describe(results: Result[]): string {
  const sentences = RACES.map((race) => {
    const counts = results.map(({ server, outcomes }) => `${server} ${label(outcomes[race])}`);
    return `${UNDONE[race].heading}: ${counts.join(', ')}.`;
  });
  return sentences.join(' ');
}

function bars(race: RaceName, results: Result[], own: string): Panel {
  const y = 'server';
  const share = ({ outcomes }: Result) => shareOf(outcomes[race]);
  const fill = ({ server }: Result) => color(server === own ? 'blue' : 'red');
  return {
    width: WIDTH,
    marginLeft: NAMES,
    marginRight: LABEL,
    marginTop: TITLE,
    marginBottom: 0,
    x: { domain: [0, 1] },
    y: { domain: results.map(({ server }) => server), padding: 0.3 },
    marks: [
      text([UNDONE[race].heading], {
        frameAnchor: 'top-left',
        textAnchor: 'start',
        dx: 16 - NAMES,
        dy: -22,
        fontSize: 15,
        fontWeight: 'bold',
      }),
      axisY({ tickSize: 0, label: null, color: color('pencil'), fontSize: 13 }),
      barX(results, { y, x: share, fill, rx: 3 }),
      ruleX([0], { stroke: color('pencil') }),
      text(results, {
        y,
        x: share,
        text: ({ outcomes }: Result) => label(outcomes[race]),
        textAnchor: 'start',
        dx: 10,
        fill: ({ server }: Result) => color(server === own ? 'blue' : 'ink'),
        fontSize: 14,
        fontWeight: 'bold',
      }),
    ],
  };
}

function shareOf({ done, undone }: Outcome): number {
  return done === 0 ? 0 : undone / done;
}

function label({ done, undone }: Outcome): string {
  return `${formatCount(undone)} of ${formatCount(done)}`;
}
