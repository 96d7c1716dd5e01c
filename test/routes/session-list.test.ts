/** Whose list of sessions is read first when many are asked for: each may be megabytes. */
import { EventEmitter } from 'node:events';
import type { Context } from 'koa';
import { createSignedInHandlers, showSignedInBy } from '../../src/routes/session/signed-in.ts';
import type { Sessions } from '../../src/sessions/sessions.ts';

const ATTACKER = '198.51.100.1';
const BYSTANDER = '192.0.2.1';

describe('lists of sessions', () => {
  it('are read two at a time, for addresses in turn', async () => {
    const begun: string[] = [];
    const ends: (() => void)[] = [];
    const list = (account: string) => {
      begun.push(account);
      return new Promise((resolve) => ends.push(() => resolve([])));
    };
    const handlers = createSignedInHandlers({
      sessions: { list } as unknown as Sessions,
      instance: { appName: 'app', index: 0, guid: 'guid', onPlatform: false },
      timeouts: { idle: 60_000, absolute: 120_000 },
      clock: Date,
      log: () => {},
    });
    const ask = (ip: string, account: string) => void handlers.list(requestFrom(ip, account));
    for (let i = 0; i < 4; i++) ask(ATTACKER, 'attacker');
    ask(BYSTANDER, 'bystander');
    expect(begun).toEqual(['attacker', 'attacker']);

    ends[0]!();
    await new Promise(setImmediate);
    expect(begun).toEqual(['attacker', 'attacker', 'bystander']);
    for (let i = 1; i < 5; i++) {
      ends[i]!();
      await new Promise(setImmediate);
    }
    expect(begun.slice(3)).toEqual(['attacker', 'attacker']);
  });
});

describe('the instance that signed a user in', () => {
  it.each([
    ['is shown by its index and GUID', '12/a-guid', { index: 12, guid: 'a-guid' }],
    ['is not known of a session of a version that did not store it', undefined, null],
    ['is not known where something else is stored', 5, null],
  ])('%s', (_what, stored, shown) => {
    expect(showSignedInBy(stored)).toEqual(shown);
  });
});

function requestFrom(ip: string, account: string): Context {
  const session = { user: account, account, _handle: 'handle' };
  const res = new EventEmitter();
  return { ip, session, res, req: { socket: {} }, assert: () => {} } as unknown as Context;
}
