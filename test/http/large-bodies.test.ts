/** For how long a large body or answer takes room, and how much. */
import { EventEmitter } from 'node:events';
import type { Context } from 'koa';
import { createHold } from '../../src/http/large-bodies.ts';
import { createByteBudget } from '../../src/limits/byte-budget.ts';

const create = (patience = 50) => {
  const budget = createByteBudget({ size: 300, patience, what: 'bodies' });
  return { budget, hold: createHold(budget) };
};

/** A request that is being answered, until the test closes its response. */
function request({ closed = false, complete = true, writableEnded = false, bytesRead = 0 } = {}) {
  const socket = { bytesRead, destroyed: false, setTimeout: () => {}, destroy: jest.fn() };
  const res = Object.assign(new EventEmitter(), { closed, writableEnded });
  const assert = (isTrue: boolean, status: number) => {
    if (!isTrue) throw Object.assign(new Error(), { status });
  };
  const ctx = { req: { socket, complete }, res, assert } as unknown as Context;
  return { ctx, socket, close: () => void res.emit('close') };
}

describe('a request with a large body', () => {
  it('has room for each copy of it, until it is answered', async () => {
    const { budget, hold } = create();
    const { ctx, close } = request();
    await hold(ctx, 100, 3);
    await expect(budget.take(1)).rejects.toMatchObject({ status: 503 });
    close();
    await budget.take(300);
  });

  it('leaves the room to others when its client leaves while it waits', async () => {
    const { budget, hold } = create();
    const giveBack = await budget.take(300);
    const { ctx, close } = request();
    const held = hold(ctx, 100, 3);
    close();
    giveBack();
    await expect(held).rejects.toMatchObject({ status: 503 });
    await budget.take(300);
  });

  it('takes no room when its client has left before', async () => {
    const { budget, hold } = create();
    const { ctx } = request({ closed: true });
    await expect(hold(ctx, 100, 3)).rejects.toMatchObject({ status: 400 });
    await budget.take(300);
  });
});

describe('a client that has room', () => {
  const FAST = 256; // bytes a millisecond
  const sending = { complete: false };

  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it.each([
    ['cut off when it sends nothing', sending, 0, true],
    ['cut off however much it has sent before', { ...sending, bytesRead: 1e9 }, 0, true],
    ['cut off when it reads nothing of its answer', { writableEnded: true }, 0, true],
    ['cut off when it sends less than 256 bytes a millisecond', sending, 1000 * FAST - 1, true],
    ['left alone when it sends as many', sending, 1000 * FAST, false],
    ['left alone when it waits for Redis', {}, 0, false],
  ])('is %s for half a second, while another waits', async (_what, state, sent, isCutOff) => {
    const { hold } = create(5000);
    const { ctx, socket } = request(state);
    await hold(ctx, 100, 3);
    void hold(request().ctx, 100, 3);
    await jest.advanceTimersByTimeAsync(500);
    expect(socket.destroy).not.toHaveBeenCalled();

    socket.bytesRead += sent;
    await jest.advanceTimersByTimeAsync(500);
    expect(socket.destroy.mock.calls.length > 0).toBe(isCutOff);
  });

  it('is left alone when nobody waits any more', async () => {
    const { hold } = create();
    const { ctx, close } = request();
    await hold(ctx, 100, 3);
    const refused = expect(hold(request().ctx, 100, 3)).rejects.toMatchObject({ status: 503 });
    await jest.advanceTimersByTimeAsync(50);
    await refused;
    expect(jest.getTimerCount()).toBe(1); // its deadline
    close();
    expect(jest.getTimerCount()).toBe(0);
  });
});
