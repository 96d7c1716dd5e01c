/** What the operator's page makes of the app's answers. */
import { operator as words } from '../../public/assets/scripts/languages/en.js';
import { createRequests } from '../../public/assets/scripts/operator/requests.js';

/** What the app answers, by path; nothing where there is no entry. */
let answers: Record<string, () => Response>;
let asked: string[];
let sent: (BodyInit | null | undefined)[];
let heard: string[];
let requests: ReturnType<typeof createRequests>;
beforeEach(() => {
  [answers, asked, sent, heard] = [{}, [], [], []];
  jest.spyOn(globalThis, 'fetch').mockImplementation(async (path, options) => {
    asked.push(String(path));
    sent.push(options?.body);
    return answers[String(path)]!();
  });
  requests = createRequests({
    onAnswer: () => heard.push('it goes on'),
    onSignedOut: () => heard.push('it has ended'),
  });
});
afterEach(() => jest.restoreAllMocks());

const reply =
  (status: number, text = '') =>
  () =>
    new Response(text, { status });
/** Answers in pieces, as they come over the network. */
const stream = (...pieces: string[]) => {
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  return () => new Response(body);
};

describe('an answer', () => {
  it('shows that the session goes on, whatever it is', async () => {
    answers = { '/one': reply(200, '{"keys":[]}'), '/other': reply(404) };
    expect(await requests.send('GET', '/one')).toMatchObject({ json: { keys: [] }, problem: null });
    await requests.send('GET', '/other');
    expect(heard).toEqual(['it goes on', 'it goes on']);
  });

  it('that does not come shows nothing', async () => {
    expect(await requests.send('GET', '/nothing')).toMatchObject({ problem: words.noAnswer });
    expect(heard).toEqual([]);
  });

  it('with 401 may mean a wrong password: the session is asked for', async () => {
    answers = { '/again': reply(401), '/operator/me': reply(200) };
    await requests.send('POST', '/again', { password: 'wrong' });
    expect(heard).toEqual(['it goes on']);
    answers['/operator/me'] = reply(401);
    await requests.send('POST', '/again', { password: 'wrong' });
    expect(heard).toEqual(['it goes on', 'it has ended']);
  });

  it('with 401 about the session itself needs no other', async () => {
    answers = { '/operator/me': reply(401) };
    await requests.send('GET', '/operator/me');
    expect(asked).toEqual(['/operator/me']);
    expect(heard).toEqual(['it has ended']);
  });

  it.each([
    [404, '{"error":"key not present"}', 'key not present'],
    [502, 'Bad Gateway', 'Bad Gateway'],
    [503, '', words.noAnswer],
    [302, 'moved', 'moved'],
  ])('with status %s and the text %j says why', async (status, text, problem) => {
    answers = { '/keys': reply(status, text) };
    expect(await requests.send('GET', '/keys')).toMatchObject({ status, problem });
  });
});

describe('a request', () => {
  it('sends its fields as JSON, and none without', async () => {
    answers = { '/keys': reply(200) };
    await requests.send('PUT', '/keys', { value: 'v' });
    await requests.send('GET', '/keys');
    const [fields, nothing] = sent;
    expect((fields as Blob).type).toBe('application/json');
    expect(await (fields as Blob).text()).toBe('{"value":"v"}');
    expect(nothing).toBeUndefined();
  });
});

describe('a long work', () => {
  const PATH = '/operator/count';
  const leaving = new AbortController();

  async function follow(answer: () => Response, { signal } = leaving) {
    answers = { [PATH]: answer };
    const steps: number[] = [];
    const onProgress = ({ found }: { found: number }) => steps.push(found);
    return { steps, ...(await requests.follow('GET', PATH, undefined, { onProgress, signal })) };
  }

  it('is followed line by line, wherever its answer is cut', async () => {
    const answer = stream('{"done":false,"found":1}\n{"do', 'ne":true,"found":2}', '\n');
    const last = { done: true, found: 2 };
    expect(await follow(answer)).toEqual({ steps: [1, 2], problem: null, last });
    expect(heard).toEqual(['it goes on']);
  });

  it.each([
    ['without a line', []],
    ['before its last line', ['{"done":false,"found":1}\n']],
    ['within its last line', ['{"done":false,"found":1}\n{"done":tr']],
    ['in what is no JSON', ['{"done":false,"found":1}\n<html>\n']],
  ])('that breaks off %s says so', async (_where, pieces) => {
    expect(await follow(stream(...pieces))).toMatchObject({ problem: words.brokenOff });
  });

  it('that fails says why', async () => {
    const failed = stream('{"done":false,"problem":"this instance stops"}\n');
    expect(await follow(failed)).toMatchObject({ problem: 'this instance stops' });
    const refused = reply(400, '{"error":"match may have 256 characters"}');
    const problem = 'match may have 256 characters';
    expect(await follow(refused)).toEqual({ steps: [], problem, last: null });
  });

  it('that the operator cancels says that what was done stays done', async () => {
    const cancelled = new AbortController();
    cancelled.abort();
    const fail = () => {
      throw cancelled.signal.reason;
    };
    expect(await follow(fail, cancelled)).toMatchObject({ problem: words.cancelled });
  });
});
