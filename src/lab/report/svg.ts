/** Draws plots as SVG that fits into any page: no script, no style sheet, no ids. */
import { plot, type PlotOptions } from '@observablehq/plot';
import { DOMImplementation, XMLSerializer } from '@xmldom/xmldom';
import { color, type ColorName, DARK, LIGHT } from './colors.ts';

export interface Drawing {
  /** For people who do not see it. */
  description: string;
  width: number;
  height: number;
  panels: Panel[];
}

/** A plot and its place within the drawing, in pixels. It shows only the axes among its marks. */
export interface Panel extends PlotOptions {
  left?: number;
  top?: number;
}

/** Widths of plots, in pixels: for screens and paper, and for phones. */
export const WIDE = 800;
export const NARROW = 340;

const SVG = 'http://www.w3.org/2000/svg';

/** Draws the same plot to the same bytes. Colours are the CSS variables of the page around it. */
export function drawSvg({ description, width, height, panels }: Drawing): string {
  const document = new DOMImplementation().createDocument(SVG, 'svg', null);
  const svg = document.documentElement!;
  const attributes = {
    role: 'img',
    'aria-label': description,
    width,
    height,
    viewBox: `0 0 ${width} ${height}`,
    'font-family': 'system-ui, sans-serif',
    'font-size': 13,
    'text-anchor': 'middle',
    fill: color('ink'),
  };
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, String(value));
  for (const { left = 0, top = 0, ...options } of panels) {
    const drawn = plot({ axis: null, ...options, document: document as unknown as Document });
    const group = document.createElementNS(SVG, 'g');
    group.setAttribute('transform', `translate(${left},${top})`);
    const marks = Array.from(drawn.childNodes).filter(({ nodeName }) => nodeName !== 'style');
    for (const mark of marks) group.appendChild(mark as unknown as typeof group);
    svg.appendChild(group);
  }
  // What Plot calls its groups: the description stands for them all
  for (const group of svg.getElementsByTagName('g')) group.removeAttribute('aria-label');
  return roundNumbers(new XMLSerializer().serializeToString(svg));
}

/** To a hundredth of a pixel: beyond that, versions of Node.js differ. One element a line. */
function roundNumbers(svg: string): string {
  return svg
    .replace(/\d+\.\d{3,}/g, (number) => String(Number(Number(number).toFixed(2))))
    .replaceAll('><', '>\n<');
}

/**
 * Makes a drawing a file of its own: on a card, in light colours, and in dark ones for readers who
 * prefer them. Programs that do not know CSS variables show the light colours.
 */
export function standaloneSvg(svg: string): string {
  const names = Object.keys(LIGHT) as ColorName[];
  const used = names.filter((name) => name === 'card' || svg.includes(color(name)));
  const card = `<rect width="100%" height="100%" rx="10" fill="${color('card')}"/>`;
  const onCard = svg.replace(/^<svg [^>]*>/, (root) => `${root}\n${darkStyle(used)}\n${card}`);
  return used.reduce((text, name) => text.replaceAll(color(name), LIGHT[name]), onCard);
}

function darkStyle(names: ColorName[]): string {
  const rules = names.flatMap((name) =>
    ['fill', 'stroke'].map(
      (attribute) => `  [${attribute}="${LIGHT[name]}"] { ${attribute}: ${DARK[name]}; }`,
    ),
  );
  return [
    '<style>',
    '@media (prefers-color-scheme: dark) {',
    ...new Set(rules),
    '}',
    '</style>',
  ].join('\n');
}
