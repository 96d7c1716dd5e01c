/** Requests of the page: who has answered, and what is sent for a guest. */
import { signInGuest } from '../../public/assets/scripts/guest.js';
import { ask } from '../../public/assets/scripts/http.js';

const respond = (answer: () => Response) =>
  jest.spyOn(globalThis, 'fetch').mockImplementation(async () => answer());
afterEach(() => jest.restoreAllMocks());

describe('an answer', () => {
  it.each([
    ['0/07c9bb3d', { index: 0, guid: '07c9bb3d' }],
    ['12/07c9bb3d', { index: 12, guid: '07c9bb3d' }],
    ['0/', null],
    ['/07c9bb3d', null],
    ['x0/07c9bb3d', null],
    ['', null],
  ])('with X-App-Instance: %s comes from %j', async (header, instance) => {
    respond(() => new Response('{}', { headers: { 'X-App-Instance': header } }));
    expect(await ask('GET', '/session/me')).toMatchObject({ status: 200, instance, json: {} });
  });

  it('of a router has a status, and no instance', async () => {
    respond(() => new Response('<html>', { status: 502 }));
    const expected = { status: 502, instance: null, text: '<html>', json: null };
    expect(await ask('GET', '/')).toMatchObject(expected);
  });

  it('that does not come has the status 0', async () => {
    respond(() => {
      throw new Error('nothing answers');
    });
    const expected = { status: 0, instance: null, text: '', json: null, date: NaN };
    expect(await ask('GET', '/')).toMatchObject(expected);
  });

  it('is asked for as JSON, unless another type is wanted', async () => {
    const fetched = respond(() => new Response(''));
    await ask('GET', '/');
    await ask('GET', '/', { accept: '*/*' });
    const types = fetched.mock.calls.map(([, options]) => options!.headers);
    expect(types).toEqual([{ Accept: 'application/json' }, { Accept: '*/*' }]);
  });
});

describe('a guest', () => {
  it('gets a name and a long password, of letters that nobody mistakes for others', async () => {
    const fetched = respond(() => new Response('{}', { status: 201 }));
    const { user, status } = await signInGuest();
    const [[path, options]] = fetched.mock.calls as [Parameters<typeof fetch>];
    const { username, password } = Object.fromEntries(options!.body as URLSearchParams);
    expect([path, options!.method, status]).toEqual(['/session/sign-up', 'POST', 201]);
    expect(username).toBe(user);
    expect(username).toMatch(/^guest-[2-9a-km-np-z]{4}$/);
    expect(password).toMatch(/^[2-9a-km-np-z]{32}$/);
  });

  it.each([
    [409, 3],
    [503, 1],
  ])('that is answered %s is tried %s times', async (status, times) => {
    const fetched = respond(() => new Response('{}', { status }));
    expect(await signInGuest()).toMatchObject({ status });
    expect(fetched).toHaveBeenCalledTimes(times);
  });
});
