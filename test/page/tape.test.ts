/** The drawing of the tape: a known timeline, known shapes. */
import { drawTape, layOut, shiftOf, widthOf } from '../../public/assets/scripts/tape.js';
import { createTimeline, SPAN } from '../../public/assets/scripts/timeline.js';

/** A pixel is 100 ms wide. */
const SIZE = { width: SPAN / 100, height: 284 };
const NOW = 60_000;

const life = (
  index: number,
  guid: string,
  from: number,
  end: string | null,
  to: number | null,
) => ({
  index,
  guid,
  from,
  end,
  to,
});
const tick = (at: number, index: number, outcome = 'good') => ({ at, index, outcome });

function draw(timeline: object) {
  const shapes = drawTape({ ...createTimeline(), ...timeline }, NOW, SIZE);
  return (key: string) => shapes.find((shape) => shape.key === key) as Record<string, unknown>;
}

describe('the tape', () => {
  it('has now at its right edge, and a minute ago at its left', () => {
    expect(shiftOf(NOW, SIZE)).toBe(0);
    expect(shiftOf(NOW + 1000, SIZE)).toBe(-10);
    // All that is seen until it is drawn anew
    for (let now = NOW; now < NOW + 10_000; now += 500) {
      const rightEdge = SIZE.width - shiftOf(now, SIZE);
      expect(rightEdge).toBeLessThanOrEqual(widthOf(SIZE));
    }
  });

  it('shares its height among the lanes, which get thinner', () => {
    const [four, twelve] = [layOut(SIZE, 4), layOut(SIZE, 12)];
    expect(four.lane).toBe(50);
    expect(twelve.lane * 12).toBeCloseTo(4 * four.lane);
    expect(layOut(SIZE, 1).marks).toBeLessThanOrEqual(four.marks);
  });

  it('gives a single lane less than half of its height', () => {
    expect(layOut(SIZE, 1).lane).toBeLessThan(SIZE.height / 2);
  });

  it('draws nothing before its left edge, nor too short to be seen, and goes on at the right', () => {
    const shape = draw({
      lives: [life(0, 'old', -1_000_000, null, null), life(1, 'short', 30_000, 'killed', 30_050)],
      login: [{ kind: 'held', from: -1_000_000, to: null }],
    });
    expect(shape('band old').d).toMatch(/^M0,[\d.]+ H700 /);
    expect(shape('band short').d).toMatch(/^M300,[\d.]+ H302 /);
    expect(shape('login -1000000').d).toBe('M0,16H700');
  });

  it('ends a killed instance squarely with a cross, and a drained one round', () => {
    const shape = draw({
      lives: [
        life(0, 'runs', 0, null, null),
        life(1, 'killed', 10_000, 'killed', 30_000),
        life(2, 'drained', 10_000, 'left', 30_000),
      ],
    });
    expect(shape('band runs').class).toBe('band running');
    expect(shape('band killed').d).toMatch(/^M100,[\d.]+ H300 a0,0 /);
    expect(shape('cross killed').class).toBe('cross');
    expect(shape('band drained').d).toMatch(/^M100,[\d.]+ H273.3 a26.7,/);
    expect(shape('cross drained')).toBeUndefined();
  });

  it('begins a successor where its predecessor ends, in the same lane', () => {
    const shape = draw({
      lives: [life(0, 'old', 0, 'left', 30_000), life(0, 'new', 29_000, null, null)],
    });
    const top = (key: string) => /^M[\d.-]+,([\d.]+)/.exec(String(shape(key).d))![1];
    expect(shape('band new').d).toMatch(/^M303,/);
    expect(top('band new')).toBe(top('band old'));
  });

  it('begins an instance by itself when others of its lane ended before, or are of another lane', () => {
    const shape = draw({
      lives: [
        life(0, 'earlier', 0, 'left', 20_000),
        life(1, 'other', 0, 'left', 40_000),
        life(0, 'new', 30_000, null, null),
      ],
    });
    expect(shape('band new').d).toMatch(/^M300,/);
  });

  it.each(['good', 'away', 'failed', 'lost'])('has ticks for answers that are %s', (outcome) => {
    const shape = draw({ lives: [life(0, 'a', 0, null, null)], ticks: [tick(1000, 0, outcome)] });
    expect(shape(`ticks 0 ${outcome}`).class).toBe(`tick ${outcome}`);
  });

  it('has a tick for each answer, in the lane that gave it', () => {
    const shape = draw({
      lives: [life(0, 'a', 0, null, null), life(1, 'b', 0, null, null)],
      ticks: [tick(1000, 0), tick(1500, 1), tick(2000, 0), tick(2500, 0, 'lost')],
    });
    expect(shape('ticks 0 good').d).toMatch(/^M10,[\d.]+v[\d.]+M20,[\d.]+v[\d.]+$/);
    expect(shape('ticks 1 good').d).toMatch(/^M15,[\d.]+v[\d.]+$/);
    expect(shape('ticks 0 lost').class).toBe('tick lost');
  });

  it('draws the login through all of it, dashed while Redis is away, and snapped when it is lost', () => {
    const shape = draw({
      login: [
        { kind: 'held', from: 1000, to: 20_000 },
        { kind: 'away', from: 20_000, to: 30_000 },
        { kind: 'lost', from: 30_000, to: null },
      ],
    });
    expect(shape('login 1000')).toMatchObject({ class: 'login held', d: 'M10,16H200' });
    expect(shape('login 20000')).toMatchObject({ class: 'login away', d: 'M200,16H300' });
    expect(shape('login 30000').class).toBe('login lost');
    expect(shape('login 30000 snap').class).toBe('snap');
  });

  it('puts words beside each other, or below, and drops those without room', () => {
    const away = (at: number) => ({ kind: 'away', at, duration: 6000 });
    const shape = draw({ marks: [away(20_000), away(25_000), away(26_000), away(40_000)] });
    const y = (at: number) => Number(shape(`away ${at} text`)?.y);
    expect(shape('away 20000 text')).toMatchObject({ text: 'Redis away 6 s', x: 192 });
    expect(y(25_000)).toBeGreaterThan(y(20_000));
    expect(shape('away 26000 text')).toBeUndefined();
    expect(shape('away 26000')).toBeDefined();
    expect(y(40_000)).toBe(y(20_000));
  });

  it('puts words by their time, whatever came first', () => {
    const away = (at: number) => ({ kind: 'away', at, duration: 6000 });
    const shape = draw({ marks: [away(40_000), away(20_000)] });
    expect(shape('away 20000 text').y).toBe(shape('away 40000 text').y);
  });
});
