/** What open pages cost an instance, by a source that says anything at any time. */
import { PassThrough } from 'node:stream';
import { createWatchers, type Visitor } from '../../src/instances/watchers.ts';

const VISITOR: Visitor = { handle: null, address: '192.0.2.1' };

let asked: number;
let listeners: number;
/** Says that a session has ended. */
let end: (handle: string) => void;
let news: Record<string, unknown>;
let watchers: ReturnType<typeof createWatchers>;
beforeEach(() => {
  jest.useFakeTimers();
  [asked, listeners, news] = [0, 0, { redis: 'well' }];
  watchers = createWatchers({
    readNews() {
      asked++;
      return Promise.resolve(news);
    },
    eachReading(read) {
      const timer = setInterval(read, 1000);
      return () => clearInterval(timer);
    },
    hearOfEnds(onEnd) {
      listeners++;
      end = onEnd;
      return () => void listeners--;
    },
  });
});
afterEach(() => jest.useRealTimers());

describe('the places', () => {
  it('of strangers are half, however many users are signed in', () => {
    open(50, 'a session');
    expect(watchers.hasRoomFor(VISITOR)).toBe(true);
    open(49, null);
    expect(watchers.hasRoomFor(VISITOR)).toBe(true);
    open(1, null);
    expect(watchers.hasRoomFor(VISITOR)).toBe(false);
  });

  function open(count: number, handle: string | null) {
    for (let i = 0; i < count; i++)
      watchers.add(new PassThrough().resume(), { handle, address: `198.51.100.${i}` });
  }
});

describe('a page that does not read', () => {
  it('is cut off when it has left more than 64 KB unread, and no other is', async () => {
    const [idle, reading] = [new PassThrough(), new PassThrough().resume()];
    watchers.add(idle, VISITOR);
    watchers.add(reading, VISITOR);
    news = { redis: 'x'.repeat(40 * 1024) };
    await jest.advanceTimersByTimeAsync(2000);
    expect(idle.destroyed).toBe(false);

    await jest.advanceTimersByTimeAsync(1000);
    expect(idle.destroyed).toBe(true);
    expect(reading.destroyed).toBe(false);
  });
});

describe('the end of a session', () => {
  it('is said to each page of it, and to no other', () => {
    const pages = ['mine', 'mine', 'another', null].map((handle) => {
      const stream = new PassThrough();
      watchers.add(stream, { ...VISITOR, handle });
      return stream;
    });
    end('mine');
    const texts = pages.map((page) => String(page.read() ?? ''));
    expect(texts.map((text) => /^event: ended$/m.test(text))).toEqual([true, true, false, false]);
  });
});

describe('an instance that takes no more requests', () => {
  it('sends all of its pages to another one', () => {
    const pages = [new PassThrough(), new PassThrough(), new PassThrough()];
    for (const page of pages) watchers.add(page, VISITOR);
    watchers.closeAll();
    expect(pages.map(({ writableEnded }) => writableEnded)).toEqual([true, true, true]);
  });
});

describe('a page that is sent to another instance', () => {
  it('hears nothing after the end of its stream', async () => {
    const stream = new PassThrough();
    const fail = jest.fn();
    stream.on('error', fail);
    watchers.add(stream, VISITOR);
    watchers.closeAll();
    await jest.advanceTimersByTimeAsync(2000);
    expect(fail).not.toHaveBeenCalled();
  });
});

describe('the news', () => {
  it('are read at once for a page that comes, and then once a second for all', async () => {
    for (let i = 0; i < 10; i++) watchers.add(new PassThrough().resume(), VISITOR);
    expect(asked).toBe(10);
    await jest.advanceTimersByTimeAsync(5000);
    expect(asked).toBe(15);
    expect(listeners).toBe(1);
  });

  it('for a page that comes go to no other', async () => {
    const [first, second] = [new PassThrough(), new PassThrough()];
    watchers.add(first, VISITOR);
    await jest.advanceTimersByTimeAsync(0);
    const before = first.readableLength;
    expect(before).toBeGreaterThan(0);
    watchers.add(second, VISITOR);
    await jest.advanceTimersByTimeAsync(0);
    expect(second.readableLength).toBe(before);
    expect(first.readableLength).toBe(before);
  });

  it('go on for a page that is left when another one closes', async () => {
    const [first, second] = [new PassThrough().resume(), new PassThrough().resume()];
    for (const page of [first, second]) watchers.add(page, VISITOR);
    first.destroy();
    await jest.advanceTimersByTimeAsync(3000);
    expect([asked, listeners]).toEqual([5, 1]);
  });

  it('are not read when the last page has closed, and are again when one comes', async () => {
    const stream = new PassThrough().resume();
    watchers.add(stream, VISITOR);
    stream.destroy();
    await jest.advanceTimersByTimeAsync(5000);
    expect([asked, listeners]).toEqual([1, 0]);

    watchers.add(new PassThrough().resume(), VISITOR);
    await jest.advanceTimersByTimeAsync(1000);
    expect([asked, listeners]).toEqual([3, 1]);
  });
});
