/** The keys of whoever presents the page. */
import { onKey } from '../../public/assets/scripts/presenter.js';

/** As much of a browser as is needed for it: where the focus is, by the name of the element. */
let focus: string;
const page = Object.assign(new EventTarget(), {
  closest: (names: string) => (names.split(', ').includes(focus) ? {} : null),
});

let pressed: number;
beforeAll(() => {
  Object.assign(globalThis, { document: page });
  onKey('p', () => pressed++);
});
beforeEach(() => {
  [pressed, focus] = [0, 'body'];
});

const press = (more: object) =>
  page.dispatchEvent(Object.assign(new Event('keydown'), { key: 'p', ...more }));

describe('a key', () => {
  it('does what it is for', () => {
    press({});
    expect(pressed).toBe(1);
  });

  it.each([{ key: 'q' }, { ctrlKey: true }, { altKey: true }, { metaKey: true }, { repeat: true }])(
    'does nothing with %j',
    (more) => {
      press(more);
      expect(pressed).toBe(0);
    },
  );

  it.each(['input', 'textarea', 'dialog'])('does nothing in this: %s', (name) => {
    focus = name;
    press({});
    expect(pressed).toBe(0);
  });
});
