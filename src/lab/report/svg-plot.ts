/** Draws a plot as SVG that fits into any page: no script, no style, its ids its own. */
import { type EChartsOption, init } from 'echarts';
import escapeHtml from 'escape-html';
import { color } from './colors.ts';

export interface Plot {
  /** Unlike that of any other plot of the page: its ids begin with it. */
  name: string;
  /** What people hear who do not see it. */
  description: string;
  width: number;
  height: number;
  option: EChartsOption;
}

const FONT = 'system-ui, sans-serif';

/** The same plot is always drawn to the same bytes. */
export function drawSvg({ name, description, width, height, option }: Plot): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: FONT, fontSize: 14, color: color('ink') },
    ...option,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return label(clean(svg, name), description);
}

/** Leaves out what is for pointers only, or counted up with every plot of the process. */
function clean(svg: string, name: string): string {
  return svg
    .replace(/<style[^]*<\/style>/, '')
    .replace(/ (class|cursor|pointer-events|ecmeta_\w+)="[^"]*"/g, '')
    .replace(/\bzr\d+-(\w+)/g, `${name}-$1`)
    .replace(/\n+/g, '\n')
    .trim();
}

function label(svg: string, description: string): string {
  return svg.replace('<svg ', `<svg role="img" aria-label="${escapeHtml(description)}" `);
}
