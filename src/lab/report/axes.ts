/** How the axes of all plots look: quiet, with their unit, the grid behind the data. */
import { color } from './colors.ts';

const FONT_SIZE = 13;

/** Of a figure, upwards; its name stands above it. */
export function figureAxis(name: string) {
  return {
    type: 'value' as const,
    name,
    nameLocation: 'end' as const,
    nameTextStyle: { ...text('pencil'), align: 'left' as const, padding: [0, 0, 4, -44] },
    axisLabel: text('pencil'),
    splitLine: { lineStyle: { color: color('line') } },
    splitNumber: 4,
  };
}

/** Along the bottom; its name stands below the middle. */
export function bottomAxis(name: string) {
  return {
    name,
    nameLocation: 'middle' as const,
    nameGap: 30,
    nameTextStyle: text('pencil'),
    axisLabel: text('pencil'),
    axisLine: { lineStyle: { color: color('pencil') } },
    axisTick: { lineStyle: { color: color('pencil') } },
    splitLine: { show: false },
  };
}

export function text(name: 'ink' | 'pencil' | 'red') {
  return { color: color(name), fontSize: FONT_SIZE };
}

/** Said in the middle of a plot without data. */
export function blank(message: string) {
  return {
    text: message,
    left: 'center',
    top: 'middle',
    textStyle: { ...text('pencil'), fontWeight: 'normal' as const },
  };
}
