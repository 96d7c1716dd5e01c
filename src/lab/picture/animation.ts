/** Draws frames of the page as one animated SVG, in light and in dark colours. */
import escapeHtml from 'escape-html';
import type { Frame, Item } from './frame.ts';

export interface Recording {
  frames: Frame[];
  /** The last frame once more, in dark colours. */
  dark: Frame;
}

/** The last frame stays for a moment before the first one comes again. */
const HOLD = 1500; // milliseconds

/** Plays the frames again and again. The tape moves evenly, more so than the page shows it. */
export function animate({ frames, dark }: Recording, description: string): string {
  const duration = frames.at(-1)!.at - frames[0]!.at + HOLD;
  const times = frames.map(({ at }) => (at - frames[0]!.at) / duration);
  const clock = `dur="${Number((duration / 1000).toFixed(2))}s" repeatCount="indefinite"`;
  const { shift } = frames.at(-1)!;
  const movement =
    `<animateTransform attributeName="transform" type="translate" ${clock} ` +
    `values="${frames[0]!.shift};${shift};${shift}" keyTimes="0;${formatTime(times.at(-1)!)};1"/>`;
  return draw({ frames, dark }, description, {
    movement,
    appear: (presence) => appear(presence, times, clock),
  });
}

/** The last frame, for readers who prefer less motion. */
export function drawStill({ frames, dark }: Recording, description: string): string {
  const last = frames.slice(-1);
  return draw({ frames: last, dark }, description, { movement: '', appear: () => '' });
}

interface Motion {
  movement: string;
  /** Shows an element in the frames that have it. */
  appear: (presence: boolean[]) => string;
}

function draw({ frames, dark }: Recording, description: string, { movement, appear }: Motion) {
  const last = frames.at(-1)!;
  const { width, height, background, border, tape, shift } = last;
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${escapeHtml(description)}" viewBox="0 0 ${width} ${height}" font-family="system-ui, sans-serif">
<style>
@media (prefers-color-scheme: dark) {
${darkRules(last, dark)}
}
</style>
<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="12" fill="${background}" stroke="${border}"/>
<svg x="${tape.x}" y="${tape.y}" width="${tape.width}" height="${tape.height}">
<g transform="translate(${shift})">
${movement}
${drawItems(
  frames.map((frame) => frame.moving),
  appear,
)}
</g>
</svg>
${drawItems(
  frames.map((frame) => frame.fixed),
  appear,
)}
</svg>
`;
}

/** Each element once, with the frames in which it appears. */
function drawItems(frames: Item[][], appear: Motion['appear']): string {
  const found = new Map<string, { item: Item; presence: boolean[] }>();
  for (const [i, items] of frames.entries()) {
    for (const item of items) {
      const key = JSON.stringify(item);
      const entry = found.get(key) ?? { item, presence: frames.map(() => false) };
      entry.presence[i] = true;
      found.set(key, entry);
    }
  }
  return [...found.values()]
    .toSorted((one, other) => one.item.layer - other.item.layer)
    .map(({ item, presence }) => drawItem(item, appear(presence)))
    .join('\n');
}

function drawItem({ tag, attributes, text }: Item, content: string): string {
  const list = Object.entries(attributes).map(
    ([name, value]) => `${name}="${escapeHtml(`${value}`)}"`,
  );
  return `<${tag} ${list.join(' ')}>${content}${escapeHtml(text)}</${tag}>`;
}

/** What is there in all frames needs no animation. */
function appear(presence: boolean[], times: number[], clock: string): string {
  if (presence.every(Boolean)) return '';
  const changes = presence
    .map((isThere, i) => ({ isThere, time: times[i]! }))
    .filter(({ isThere }, i) => i === 0 || isThere !== presence[i - 1]);
  const values = changes.map(({ isThere }) => (isThere ? 'visible' : 'hidden'));
  return (
    `<animate attributeName="visibility" calcMode="discrete" ${clock} ` +
    `values="${values.join(';')}" keyTimes="${changes.map(({ time }) => formatTime(time)).join(';')}"/>`
  );
}

function formatTime(time: number): string {
  return String(Math.round(time * 10_000) / 10_000);
}

/** A rule for each colour that differs. Both frames show the same, element by element. */
function darkRules(light: Frame, dark: Frame): string {
  const rules = new Set([
    rule('fill', light.background, dark.background),
    rule('stroke', light.border, dark.border),
  ]);
  const pairs = [...light.moving, ...light.fixed].map((item, i) => [
    item.attributes,
    [...dark.moving, ...dark.fixed][i]!.attributes,
  ]);
  for (const [one, other] of pairs) {
    for (const name of ['fill', 'stroke']) {
      if (one![name] !== other![name]) rules.add(rule(name, one![name]!, other![name]!));
    }
  }
  return [...rules].join('\n');
}

function rule(name: string, light: string | number, dark: string | number): string {
  return `[${name}="${light}"] { ${name}: ${dark} }`;
}
