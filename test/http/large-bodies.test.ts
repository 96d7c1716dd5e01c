/** For how long a large body or answer takes room, and how much. */
import { EventEmitter } from 'node:events';
import type { Context } from 'koa';
import { createHold } from '../../src/http/large-bodies.ts';
import { createByteBudget } from '../../src/limits/byte-budget.ts';

const create = () => {
  const budget = createByteBudget({ size: 300, patience: 50, what: 'bodies' });
  return { budget, hold: createHold(budget) };
};

/** A request that is being answered, until the test closes its response. */
function request({ closed = false } = {}) {
  const socket = { bytesRead: 0, destroyed: false, setTimeout: () => {}, destroy: () => {} };
  const res = Object.assign(new EventEmitter(), { closed, writableEnded: false });
  const assert = (isTrue: boolean, status: number) => {
    if (!isTrue) throw Object.assign(new Error(), { status });
  };
  const ctx = { req: { socket, complete: true }, res, assert } as unknown as Context;
  return { ctx, close: () => void res.emit('close') };
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
