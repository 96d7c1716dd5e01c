/** The picture that is drawn from frames of the page. */
import { DOMParser } from '@xmldom/xmldom';
import { animate, drawStill } from '../../../src/lab/picture/animation.ts';
import type { Frame, Item } from '../../../src/lab/picture/frame.ts';

const BAND: Item = { layer: 0, tag: 'path', attributes: { d: 'M0,0h9', fill: 'blue' }, text: '' };
const TICK: Item = { layer: 1, tag: 'path', attributes: { d: 'M5,0v9', stroke: 'navy' }, text: '' };
const TEXT: Item = { layer: 0, tag: 'text', attributes: { fill: 'black' }, text: 'alice & 1 < 2' };

function frame(at: number, moving: Item[], fixed: Item[] = [TEXT]): Frame {
  const tape = { x: 100, y: 50, width: 400, height: 200 };
  const look = { background: 'white', border: 'silver' };
  return { at, width: 600, height: 300, ...look, tape, shift: -at / 10, moving, fixed };
}

/** A tick appears after a second, and its band goes after two. The picture lasts four seconds. */
const frames = [0, 500, 1000, 2000, 2500].map((at) =>
  frame(at, [...(at >= 1000 ? [TICK] : []), ...(at < 2000 ? [BAND] : [])]),
);
const dark: Frame = {
  ...frame(2500, [{ ...TICK, attributes: { ...TICK.attributes, stroke: 'aqua' } }]),
  background: 'black',
};
const svg = animate({ frames, dark }, 'One < two');

describe('the animated picture', () => {
  it('is well formed, and described', () => {
    const { documentElement } = new DOMParser().parseFromString(svg, 'image/svg+xml');
    expect(documentElement!.getAttribute('aria-label')).toBe('One < two');
    expect(documentElement!.textContent).toContain('alice & 1 < 2');
  });

  it('shows each element in the frames that have it', () => {
    const times = Array.from(svg.matchAll(/values="([^"]*)" keyTimes="([^"]*)"/g), (match) =>
      match.slice(1),
    );
    expect(times.slice(1)).toEqual([
      ['visible;hidden', '0;0.5'],
      ['hidden;visible', '0;0.25'],
    ]);
  });

  it('moves with the tape, and rests at the end', () => {
    expect(svg).toContain(
      'dur="4s" repeatCount="indefinite" values="0;-250;-250" keyTimes="0;0.625;1"',
    );
  });

  it('has other colours in the dark', () => {
    expect(svg).toContain('[fill="white"] { fill: black }');
    expect(svg).toContain('[stroke="navy"] { stroke: aqua }');
  });
});

describe('the still', () => {
  it('is the last frame, without motion', () => {
    const still = drawStill({ frames, dark }, 'One < two');
    expect(still).not.toContain('<animate');
    expect(still).toContain('translate(-250)');
    expect(still).toContain('M5,0v9');
    expect(still).not.toContain('M0,0h9');
  });
});
