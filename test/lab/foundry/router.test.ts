/** The promises of the router to the app and to its clients. */
import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import request from 'supertest';
import { until } from '../../support/until.ts';
import { ask, type Foundry, useFoundries } from './support.ts';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const HEADER = 'X-Cf-Process-Instance';
/** A GUID that neither the app nor an instance has. */
const OTHER = '00000000-0000-4000-8000-000000000000';
/** On this machine as well, but another address than the one for its own browser. */
const AUDIENCE = '127.0.0.2';

const foundries = useFoundries();

let foundry: Foundry;
let url: string;
let processGuid: string;

beforeAll(async () => {
  const started = await foundries.start({ args: ['--host', AUDIENCE] });
  ({ url } = started);
  foundry = started;
  processGuid = JSON.parse((await ask(url)).environment.VCAP_APPLICATION!).process_id;
});

describe('--host', () => {
  it('opens the app to an audience, says so, and shows a QR code', async () => {
    const audience = url.replace('127.0.0.1', AUDIENCE);
    expect((await ask(audience)).url).toBe('/');
    const [said] = await foundry.prints(/^Open to your network at .*\n\n(.*[▀▄█].*\n)+/m);
    expect(said).toContain(`at ${audience}: everyone there can sign up, and read and write keys.`);
    expect(said).toContain('The controls stay on this machine.');
    const { headers, body } = await request(url).get('/foundry/audience.svg').expect(200);
    expect(headers['content-type']).toBe('image/svg+xml');
    expect(String(body)).toMatch(/^<svg /);
  });

  it('names an address that this machine does not have', async () => {
    const { ended, output } = await foundries.spawn({ args: ['--host', '192.0.2.77'] });
    expect(await ended).toBe(1);
    expect(output()).toBe('This machine has no address 192.0.2.77.\n');
  });
});

describe('the controls of the foundry', () => {
  const OTHERS: [string, string, Record<string, string>][] = [
    ['a browser of the audience', AUDIENCE, {}],
    ['a name that another site has led here', '127.0.0.1', { Host: 'evil.example' }],
    [
      'an address that looks like one of this machine',
      '127.0.0.1',
      { Host: '127.0.0.1.evil.example' },
    ],
    ['a name that ends like one of this machine', '127.0.0.1', { Host: 'evil.localhost' }],
    ['a proxy on this machine', '127.0.0.1', { 'X-Forwarded-For': '192.0.2.1' }],
    ['a proxy that says so in another way', '127.0.0.1', { Forwarded: 'for=192.0.2.1' }],
  ];
  const SAME_ORIGIN = { 'Sec-Fetch-Site': 'same-origin' };

  it.each(['127.0.0.1', 'localhost', '[::1]:8080'])('are offered at %s', async (host) => {
    const { headers } = await request(url).get('/status/health').set('Host', host);
    expect(headers['x-foundry-control']).toBe('/foundry/');
    const audienceUrl = url.replace('127.0.0.1', AUDIENCE);
    const state = { instances: 3, mostInstances: 20, audienceUrl };
    await request(url).get('/foundry/state').set('Host', host).expect(200, state);
  });

  it.each(OTHERS)('are hidden from %s: the app answers', async (_who, host, headers) => {
    const at = request(url.replace('127.0.0.1', host));
    const offer = await at.get('/status/health').set(headers);
    expect(offer.headers).not.toHaveProperty('x-foundry-control');
    const { text } = await at.post('/foundry/kill/1').set({ ...SAME_ORIGIN, ...headers });
    expect(JSON.parse(text)).toMatchObject({ method: 'POST', url: '/foundry/kill/1' });
  });

  it.each([
    ['a program', {}],
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['another port', { 'Sec-Fetch-Site': 'same-site' }],
    ['the address bar', { 'Sec-Fetch-Site': 'none' }],
    ['another origin', { Origin: 'http://127.0.0.1:1' }],
    ['a sandboxed page', { Origin: 'null' }],
  ])('refuse %s', async (_who, headers) => {
    await request(url).post('/foundry/kill/1').set(headers).expect(403);
    await request(url).post('/foundry/scale/1').set(headers).expect(403);
  });

  it.each([
    ['kill/3', 409, 'There is no instance 3: the last one is 2.'],
    ['kill/', 409, '"" is no index of an instance.'],
    ['scale/21', 409, '"21" is no number of instances: it goes from 1 to 20.'],
    ['outage/61', 409, '"61" is no length of an outage: it goes from 1 to 60 seconds.'],
    ['stop', 404, 'The foundry has no such control.'],
    ['constructor/1', 404, 'The foundry has no such control.'],
  ])('answer %s with %i', async (path, status, text) => {
    const response = await request(url).post(`/foundry/${path}`).set(SAME_ORIGIN);
    expect([response.status, response.text]).toEqual([status, text]);
  });

  it('are no links: a GET kills nothing', async () => {
    const { status, text } = await request(url).get('/foundry/kill/3').set(SAME_ORIGIN);
    expect([status, text]).toEqual([404, 'The foundry has no such control.']);
  });

  it('kill an instance', async () => {
    const headers = { [HEADER]: `${processGuid}:1` };
    const before = await ask(url, { headers });
    const { text } = await request(url).post('/foundry/kill/1').set('Origin', url).expect(200);
    expect(text).toBe('Instance 1 was killed, and another one is up.');
    expect((await ask(url, { headers })).guid).not.toBe(before.guid);
  });
});

describe('the router', () => {
  it('asks one instance after the other', async () => {
    const indexes: string[] = [];
    for (let i = 0; i < 6; i++) indexes.push((await ask(url)).index);

    const [first, second] = [indexes.slice(0, 3), indexes.slice(3)];
    expect(first.toSorted()).toEqual(['0', '1', '2']);
    expect(second).toEqual(first);
  });

  it('hands on the method, the path, the query and the host', async () => {
    const answer = await ask(`${url}/a%20b?c=d&e`, { method: 'DELETE' });

    expect(answer).toMatchObject({ method: 'DELETE', url: '/a%20b?c=d&e' });
    expect(answer.headers.host).toBe(url.replace('http://', ''));
  });

  it('tells the app who asks, and which instance it means', async () => {
    const { headers, index, guid } = await ask(url);

    expect(headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-cf-applicationid': processGuid,
      'x-cf-instanceid': guid,
      'x-cf-instanceindex': index,
    });
    expect(headers['x-vcap-request-id']).toMatch(UUID);
  });

  it('believes a proxy before it, but gives each request its own id', async () => {
    const headers = {
      'X-Forwarded-For': '192.0.2.1',
      'X-Forwarded-Proto': 'https',
      'X-Vcap-Request-Id': 'mine',
    };
    const response = await fetch(url, { headers });
    const answer = (await response.json()) as { headers: Record<string, string> };

    expect(answer.headers).toMatchObject({
      'x-forwarded-for': '192.0.2.1, 127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    expect(answer.headers['x-vcap-request-id']).toMatch(UUID);
    expect(response.headers.get('X-Vcap-Request-Id')).toBe(answer.headers['x-vcap-request-id']);
  });

  it('hands on a large body', async () => {
    const body = Buffer.alloc(20 * 1024 * 1024);

    expect((await ask(url, { method: 'POST', body })).length).toBe(body.length);
  });

  it('hands on events as they come, and that their viewer has left', async () => {
    const asked = get(`${url}/events`);
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    const before = performance.now();
    const events = [await once(answer, 'data'), await once(answer, 'data')].map(String);
    asked.destroy();

    expect(events).toEqual(['data: 0\n\n', 'data: 1\n\n']);
    expect(performance.now() - before).toBeGreaterThan(150);
    await foundry.prints(/the viewer has left/);
  });

  it('answers 502 for an instance that breaks off', async () => {
    const response = await fetch(`${url}/break-off`);

    expect(response.status).toBe(502);
    expect(response.headers.get('X-Cf-RouterError')).toBe('endpoint_failure');
    expect(await response.text()).toBe(
      '502 Bad Gateway: Registered endpoint failed to handle the request.\n',
    );
  });

  it('breaks off an answer where the instance does', async () => {
    const response = await fetch(`${url}/break-off-later`);

    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  describe('with X-Cf-Process-Instance', () => {
    it('asks the instance with that index', async () => {
      for (const index of ['2', '0', '1', '1']) {
        const headers = { [HEADER]: `${processGuid}:${index}` };
        expect((await ask(url, { headers })).index).toBe(index);
      }
    });

    it('asks any instance when there is no index', async () => {
      const headers = { [HEADER]: processGuid };
      const asked = await Promise.all([1, 2, 3].map(() => ask(url, { headers })));
      expect(asked.map(({ index }) => index).sort()).toEqual(['0', '1', '2']);
    });

    it.each(['1', 'x:1', ':1', `${'0'.repeat(36)}`, `${OTHER}:x`, `x${OTHER}`])(
      'refuses "%s"',
      async (value) => {
        const response = await fetch(url, { headers: { [HEADER]: value } });

        expect(response.status).toBe(400);
        expect(response.headers.get('X-Cf-RouterError')).toBe('invalid_cf_process_instance_header');
        expect(await response.text()).toBe(
          '400 Bad Request: Invalid X-CF-Process-Instance Header\n',
        );
      },
    );

    it('refuses an index that is not there', async () => {
      const response = await fetch(url, { headers: { [HEADER]: `${processGuid}:9` } });

      expect(response.status).toBe(400);
      expect(response.headers.get('X-Cf-RouterError')).toBe('unknown_route');
      expect(await response.text()).toBe(
        `400 Bad Request: Requested instance ('9') with process guid ('${processGuid}') ` +
          `does not exist for route ('${url.replace('http://', '')}')\n`,
      );
    });

    it('refuses another process', async () => {
      const response = await fetch(url, { headers: { [HEADER]: OTHER } });

      expect(response.status).toBe(400);
      expect(response.headers.get('X-Cf-RouterError')).toBe('unknown_route');
    });
  });

  describe('with a cookie named JSESSIONID', () => {
    it('adds one with its attributes that names the instance', async () => {
      const response = await fetch(`${url}/session`);
      const guid = await response.text();

      expect(response.headers.getSetCookie()).toEqual([
        'other=1; path=/',
        'JSESSIONID=abc; path=/; httponly; samesite=lax; secure',
        `__VCAP_ID__=${guid}; Path=/; HttpOnly; samesite=lax; secure`,
      ]);
    });

    it('sends a browser that has both to that instance', async () => {
      const { guid } = await ask(url);
      const headers = { Cookie: `a=b; JSESSIONID=abc; __VCAP_ID__=${guid}` };
      for (let i = 0; i < 4; i++) expect((await ask(url, { headers })).guid).toBe(guid);
    });

    it('takes no notice of one without the other', async () => {
      const { guid } = await ask(url);
      for (const Cookie of ['JSESSIONID=abc', `__VCAP_ID__=${guid}`]) {
        const asked = await Promise.all([1, 2, 3].map(() => ask(url, { headers: { Cookie } })));
        expect(new Set(asked.map((answer) => answer.guid)).size).toBe(3);
      }
    });

    it('sends a browser whose instance has gone to another one, to which it sticks then', async () => {
      const headers = { Cookie: `JSESSIONID=abc; __VCAP_ID__=${OTHER}` };
      const response = await fetch(url, { headers });
      const { guid } = (await response.json()) as { guid: string };

      expect(response.headers.getSetCookie()).toEqual([`__VCAP_ID__=${guid}; Path=/; HttpOnly`]);
    });

    it('adds none without it', async () => {
      expect((await fetch(url)).headers.getSetCookie()).toEqual([]);
    });
  });

  it('asks another instance when one refuses the connection, and then no more', async () => {
    const body = Buffer.alloc(1024 * 1024);
    const askSixTimes = () =>
      Promise.all(Array.from({ length: 6 }, () => ask(url, { method: 'POST', body })));
    await askSixTimes(); // the first requests take longer
    await fetch(`${url}/deaf`);

    // All at once, before the foundry finds that the instance is not ready
    for (const answer of await askSixTimes()) expect(answer.length).toBe(body.length);
    await untilStatus(/not ready/);
  });

  it('answers 503 when no instance is left', async () => {
    await foundry.command('scale 1');
    await fetch(`${url}/deaf`);
    await untilStatus(/not ready/);
    const response = await fetch(url);

    expect(response.status).toBe(503);
    expect(response.headers.get('X-Cf-RouterError')).toBe('no_endpoints');
    expect(response.headers.get('Cache-Control')).toBe('public,max-age=2');
    expect(await response.text()).toBe(
      `503 Service Unavailable: Requested route ('${url.replace('http://', '')}') ` +
        'has no available endpoints.\n',
    );
  });
});

async function untilStatus(pattern: RegExp) {
  await until(`a status like ${pattern}`, async () =>
    pattern.test((await foundry.command('status')).said),
  );
}
