/** One frame of the page's stage: what is on it, as SVG elements. */

export interface Frame {
  /** Milliseconds since the page was loaded. */
  at: number;
  /** Pixels of the stage. */
  width: number;
  height: number;
  background: string;
  border: string;
  /** The place of the tape on the stage. */
  tape: { x: number; y: number; width: number; height: number };
  /** How far the tape has moved, in pixels. */
  shift: number;
  /** What moves with the tape, from the back to the front. */
  moving: Item[];
  fixed: Item[];
}

export interface Item {
  /** Items of a higher layer cover others. */
  layer: number;
  tag: string;
  attributes: Record<string, string | number>;
  text: string;
}

/** Reads the stage. It runs in the browser, and so uses nothing from outside. */
export function readFrame(): Frame {
  const LAYERS = ['rail', 'band', 'tick', 'mark', 'word', 'cross', 'login', 'snap'];
  const GEOMETRY = ['d', 'x', 'y'];
  const STYLE = [
    'fill',
    'stroke',
    'stroke-width',
    'stroke-dasharray',
    'stroke-linecap',
    'stroke-linejoin',
    'font-size',
    'text-anchor',
  ] as const;
  const stage = document.querySelector('.stage')!;
  const origin = stage.getBoundingClientRect();
  const drawing = stage.querySelector('[data-drawing]')!;
  const past = stage.querySelector('[data-past]')!.getBoundingClientRect();
  return {
    at: performance.now(),
    width: origin.width,
    height: origin.height,
    background: getComputedStyle(stage).backgroundColor,
    border: getComputedStyle(stage).borderTopColor,
    tape: place(past),
    shift: round(drawing.getBoundingClientRect().x - past.x),
    moving: Array.from(drawing.children, readShape),
    fixed: [readDot(stage.querySelector('[data-now]')!), ...readTexts()],
  };

  function place({ x, y, width, height }: DOMRect) {
    return { x: round(x - origin.x), y: round(y - origin.y), width: round(width), height };
  }

  function readShape(element: Element): Item {
    const geometry = GEOMETRY.filter((name) => element.hasAttribute(name)).map((name) => [
      name,
      element.getAttribute(name)!,
    ]);
    return {
      layer: LAYERS.indexOf(element.classList[0]!),
      tag: element.tagName,
      attributes: { ...Object.fromEntries(geometry), ...readStyle(element) },
      text: element.textContent,
    };
  }

  function readDot(dot: Element): Item {
    const { x, y, width, height } = place(dot.getBoundingClientRect());
    const [r, cx, cy] = [round(width / 2), round(x + width / 2), round(y + height / 2)];
    const { backgroundColor: fill, visibility } = getComputedStyle(dot);
    return { layer: 0, tag: 'circle', attributes: { cx, cy, r, fill, visibility }, text: '' };
  }

  function readStyle(element: Element) {
    const style = getComputedStyle(element);
    const isText = element.tagName === 'text';
    const names = STYLE.filter((name) => isText || !/font|text/.test(name));
    return Object.fromEntries(
      names
        .map((name) => [name, style.getPropertyValue(name)] as const)
        .filter(([name, value]) => value !== 'none' && !(isText && name.startsWith('stroke'))),
    );
  }

  /** Buttons are no use in a picture. */
  function readTexts(): Item[] {
    const items: Item[] = [];
    const walker = document.createTreeWalker(stage, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode as Text;
      const parent = node.parentElement!;
      if (!parent.closest('svg, button, .spoken') && parent.checkVisibility())
        items.push(...readText(node));
    }
    return items;
  }

  function readText(node: Text): Item[] {
    const text = node.data.trim();
    const range = document.createRange();
    range.setStart(node, node.data.indexOf(text));
    range.setEnd(node, node.data.indexOf(text) + text.length);
    const box = place(range.getBoundingClientRect());
    if (box.width === 0) return [];
    const { fontSize, fontWeight, color } = getComputedStyle(node.parentElement!);
    const attributes = {
      x: box.x,
      y: round(box.y + box.height / 2),
      textLength: box.width,
      'font-size': fontSize,
      'font-weight': fontWeight,
      'dominant-baseline': 'central',
      fill: color,
    };
    return [{ layer: 0, tag: 'text', attributes, text }];
  }

  function round(value: number): number {
    return Math.round(value * 10) / 10;
  }
}
