/** A plot as a file of its own: on a card, in light colours, and in dark ones for who prefers them. */
import { DARK, LIGHT, type ColorName } from './colors.ts';

const NAMES = Object.keys(LIGHT) as ColorName[];

/** Programs that know no variables of CSS see the light colours. */
export function standaloneSvg(svg: string): string {
  const onCard = svg.replace(/(<rect [^>]*)fill="none"/, '$1rx="10" fill="var(--card)"');
  const isUsed = (name: ColorName) => onCard.includes(`var(--${name})`);
  const light = onCard.replace(
    /="var\(--([\w-]+)\)"/g,
    (_, name: ColorName) => `="${LIGHT[name]}"`,
  );
  return light.replace(/(<svg [^>]*>)/, `$1\n${darkStyle(NAMES.filter(isUsed))}`);
}

function darkStyle(names: ColorName[]): string {
  const rules = new Set(
    names.flatMap((name) =>
      ['fill', 'stroke'].map(
        (attribute) => `  [${attribute}="${LIGHT[name]}"] { ${attribute}: ${DARK[name]}; }`,
      ),
    ),
  );
  return ['<style>', '@media (prefers-color-scheme: dark) {', ...rules, '}', '</style>'].join('\n');
}
