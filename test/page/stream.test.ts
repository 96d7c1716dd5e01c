/** When the page opens a stream of news, and when it says that there is none. */
import { openStream } from '../../public/assets/scripts/stream.js';

/** As much of a browser as is needed for it. */
class Source extends EventTarget {
  isClosed = false;

  constructor() {
    super();
    opened.push(this);
  }

  close() {
    this.isClosed = true;
  }
}

let opened: Source[];
/** What the page has said of its stream. */
let live: boolean[];
let page: EventTarget & { hidden: boolean };
beforeEach(() => {
  jest.useFakeTimers();
  jest.spyOn(Math, 'random').mockReturnValue(0);
  [opened, live] = [[], []];
  page = Object.assign(new EventTarget(), { hidden: false });
  Object.assign(globalThis, { document: page, EventSource: Source });
});
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

const open = (handlers = {}) =>
  openStream({ news: () => {}, ...handlers }, (isLive: boolean) => live.push(isLive));
const hear = (name = 'news') =>
  opened.at(-1)!.dispatchEvent(Object.assign(new Event(name), { data: 'null' }));
const fail = () => opened.at(-1)!.dispatchEvent(new Event('error'));
const pass = (milliseconds: number) => jest.advanceTimersByTime(milliseconds);

function setHidden(isHidden: boolean): void {
  page.hidden = isHidden;
  page.dispatchEvent(new Event('visibilitychange'));
}

/** Returns the milliseconds until another stream is opened. */
function untilOpened(): number {
  const [began, count] = [Date.now(), opened.length];
  while (opened.length === count) pass(100);
  return Date.now() - began;
}

describe('a stream that fails', () => {
  it('is opened anew, less and less often, but each half a minute at least', () => {
    open();
    const pauses = Array.from({ length: 8 }, () => {
      fail();
      return untilOpened();
    });
    expect(pauses).toEqual([100, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  });

  it('is opened anew soon when it had said something', () => {
    open();
    for (let i = 0; i < 3; i++) {
      fail();
      untilOpened();
    }
    hear();
    fail();
    expect(untilOpened()).toBe(100);
  });

  it('is said to be broken after three seconds', () => {
    open();
    fail();
    pass(2900);
    expect(live).toEqual([]);
    pass(200);
    expect(live).toEqual([false]);
  });

  it('is not, when another one has news by then', () => {
    open();
    fail();
    pass(1000);
    fail();
    pass(1500);
    hear();
    pass(5000);
    expect(live).toEqual([true]);
  });

  it('is not either, when nobody looks at the page any more', () => {
    open();
    fail();
    setHidden(true);
    pass(5000);
    expect(live).toEqual([]);
  });
});

describe('a stream that is silent', () => {
  it('is given up for another one after ten seconds', () => {
    open();
    pass(9900);
    hear();
    pass(9900);
    expect(opened).toHaveLength(1);
    pass(200);
    expect(opened.map(({ isClosed }) => isClosed)).toEqual([true, false]);
    expect(live).toEqual([true, false]);
  });
});

describe('a page that is hidden', () => {
  it('has no stream, and its next one knows why it was opened', () => {
    const heard: object[] = [];
    open({ session: (_session: unknown, openedHow: object) => heard.push(openedHow) });
    hear('session');
    setHidden(true);
    expect(opened[0]!.isClosed).toBe(true);
    pass(60_000);
    expect(opened).toHaveLength(1);
    setHidden(false);
    hear('session');
    fail();
    untilOpened();
    hear('session');
    expect(heard).toEqual([
      { isFirst: true, isResumed: false },
      { isFirst: false, isResumed: true },
      { isFirst: false, isResumed: false },
    ]);
  });

  it('has none from the beginning', () => {
    page.hidden = true;
    open();
    expect(opened).toEqual([]);
    setHidden(false);
    expect(opened).toHaveLength(1);
  });

  it('has none when another one is asked for', () => {
    const stream = open();
    setHidden(true);
    stream.reopen();
    pass(60_000);
    expect(opened).toHaveLength(1);
  });
});
