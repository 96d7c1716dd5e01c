/** What the smoke test asks of the app, and which answers it takes. */
import { Problem } from '../../../src/lab/command-line/problem.ts';
import {
  checkLogin,
  checkRedis,
  describeTls,
  findOrigin,
  writeAndRead,
} from '../../../src/lab/smoke-test/app.ts';

const { signal } = new AbortController();
const ORIGIN = 'https://app.example.com';

afterEach(() => jest.restoreAllMocks());

describe('the origin of the app', () => {
  it.each([
    ['HTTPS, where HTTP answers as well', ['https:', 'http:'], 'https://app.example.com'],
    ['HTTP, where HTTPS does not answer', ['http:'], 'http://app.example.com'],
  ])('is that of %s', async (_which, answering, origin) => {
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      if (!answering.includes(new URL(String(url)).protocol)) throw new Error('refused');
      return new Response('app is running');
    });
    expect(await findOrigin('app.example.com', signal)).toBe(origin);
  });

  it('is where it answers with 200, and with nothing else', async () => {
    jest.spyOn(globalThis, 'fetch').mockImplementation(async (url) => {
      const isEncrypted = String(url).startsWith('https:');
      return new Response('', { status: isEncrypted ? 404 : 200 });
    });
    expect(await findOrigin('app.example.com', signal)).toBe('http://app.example.com');
  });
});

/** Has the app give these answers, as by `PUT /key`. Returns what it is asked, in the order of time. */
function answering(answer: (asked: string, body: string) => Response): string[] {
  const log: string[] = [];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (url, { method = 'GET', body } = {}) => {
    const asked = `${method} ${new URL(String(url)).pathname}`;
    log.push(asked);
    return answer(asked, String(body));
  });
  return log;
}

describe('Redis', () => {
  it('works when the first line of the app says so', async () => {
    answering(() => new Response('Redis works (SET 1 ms)\nservice: redis-sb'));
    expect(await checkRedis(ORIGIN)).toBe('Redis works (SET 1 ms)');
  });

  it('does not when it says otherwise', async () => {
    answering(() => new Response('Redis does not work: it is away\nservice: redis-sb'));
    await expect(checkRedis(ORIGIN)).rejects.toThrow(
      new Problem('Redis does not work: it is away'),
    );
  });
});

describe('keys', () => {
  const KEY = '/smoke-test';

  /** The app, with another answer to one of the requests. */
  function keep(other: Record<string, () => Response> = {}): string[] {
    let value = '';
    return answering((asked, body) => {
      if (other[asked]) return other[asked]();
      if (asked.startsWith('PUT')) value = new URLSearchParams(body).get('data')!;
      if (asked.startsWith('PUT')) return new Response('success', { status: 201 });
      return new Response(asked.startsWith('GET') ? value : 'success');
    });
  }

  it('are written, read and removed', async () => {
    const asked = keep();
    await writeAndRead(ORIGIN);
    expect(asked).toEqual([`PUT ${KEY}`, `GET ${KEY}`, `DELETE ${KEY}`]);
  });

  it.each<[string, () => Response, string]>([
    [`PUT ${KEY}`, () => new Response('full', { status: 507 }), 'was answered with 507 "full"'],
    [`GET ${KEY}`, () => new Response('another'), 'was answered with 200 "another"'],
    [`DELETE ${KEY}`, () => new Response('gone', { status: 404 }), 'was answered with 404 "gone"'],
  ])('are not kept when %s goes wrong', async (asked, answer, sentence) => {
    keep({ [asked]: answer });
    await expect(writeAndRead(ORIGIN)).rejects.toThrow(`${asked} ${sentence}`);
  });
});

describe('a login', () => {
  /** The app with these instances, which answer in turns, the last one for ever. */
  function signedInAt(instances: string[], me = (_turn: number) => 'smoke-test'): string[] {
    let turn = 0;
    return answering((asked) => {
      const headers = { 'Set-Cookie': 'session=1' };
      const body = JSON.stringify({ user: 'smoke-test' });
      if (asked.startsWith('POST')) return new Response(body, { status: 201, headers });
      const instance = instances[Math.min(turn, instances.length - 1)]!;
      return new Response(JSON.stringify({ user: me(turn++) }), {
        headers: { 'X-App-Instance': instance },
      });
    });
  }

  it('is shared when two instances have served it, and no sooner', async () => {
    const asked = signedInAt(['0/a', '0/a', '0/a', '1/b']);
    await checkLogin(ORIGIN, signal);
    expect(asked.filter((each) => each === 'GET /session/me')).toHaveLength(4);
  });

  it('is not shared when the second instance knows another user', async () => {
    signedInAt(['0/a', '1/b'], (turn) => (turn === 0 ? 'smoke-test' : 'another'));
    await expect(checkLogin(ORIGIN, signal)).rejects.toThrow(
      'GET /session/me was answered with 200 "{"user":"another"}" instead of 200 and the user "smoke-test".',
    );
  });

  it('is not known to be shared while one instance answers', async () => {
    const stopping = new AbortController();
    signedInAt(['0/a'], (turn) => {
      if (turn === 3) stopping.abort(new Problem('Only one answers.'));
      return 'smoke-test';
    });
    await expect(checkLogin(ORIGIN, stopping.signal)).rejects.toThrow('Only one answers.');
  });
});

describe('TLS', () => {
  /** The app, with these answers to `GET /tls/VERSION/KEY`; null for the value itself. */
  function speaking(answers: Record<string, [number, string | null]>): void {
    let value: string;
    answering((asked, body) => {
      if (asked.startsWith('PUT')) {
        value = new URLSearchParams(body).get('data')!;
        return new Response('success', { status: 201 });
      }
      const [status, text] = answers[asked.split('/')[2]!] ?? [418, 'protocol not supported'];
      return new Response(text ?? value, { status });
    });
  }

  it.each<[string, Parameters<typeof speaking>[0]]>([
    ['v1.2, v1.3', { 'v1.2': [200, null], 'v1.3': [200, null] }],
    ['v1', { v1: [200, null] }],
    ['not offered', {}],
  ])('is %s', async (versions, answers) => {
    speaking(answers);
    expect(await describeTls(ORIGIN)).toBe(versions);
  });

  it.each<[string, [number, string]]>([
    ['another value', [200, 'another']],
    ['an error', [503, 'Redis is away']],
  ])('is a problem when it has %s', async (_, [status, text]) => {
    speaking({ v1: [200, null], 'v1.3': [status, text] });
    await expect(describeTls(ORIGIN)).rejects.toThrow(
      `GET /tls/v1.3/smoke-test was answered with ${status} "${text}".`,
    );
  });
});
