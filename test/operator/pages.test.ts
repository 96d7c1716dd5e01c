/** How many answers of the app the operator's page joins to one page of a list. */
import { readPage } from '../../public/assets/scripts/operator/pages.js';

interface Answer {
  keys: number[];
  examined: number;
  of: number | null;
  cursor: string | null;
  own?: object;
  lacks?: string[];
}

const answer = (more: Partial<Answer>): Answer => ({
  keys: [],
  examined: 100,
  of: 100_000,
  cursor: 'next',
  ...more,
});
const keys = (count: number) => Array.from({ length: count }, (_, i) => i);
const failed = { json: null, problem: 'Redis is away' };

/** Reads a page from an app that gives these answers. */
async function read(answers: (Answer | typeof failed)[], signal = new AbortController().signal) {
  const asked: string[] = [];
  const send = async (_method: string, path: string) => {
    const given = answers[asked.push(path) - 1]!;
    return 'problem' in given ? given : { json: given, problem: null };
  };
  const wish = { name: 'keys', query: { match: 'u*' }, cursor: null };
  return { asked, ...(await readPage({ send, signal }, '/keys', wish)) };
}

describe('a page of a list', () => {
  it('goes on where each answer ends, until it has 50 items', async () => {
    const first = answer({ keys: keys(49), cursor: '127.0.0.1:6379~42' });
    const { asked, page } = await read([first, answer({ keys: keys(1) }), answer({})]);
    expect(asked).toEqual([
      '/keys?match=u*&cursor=',
      '/keys?match=u*&cursor=127.0.0.1%3A6379%7E42',
    ]);
    expect(page.keys).toEqual([...keys(49), 0]);
    expect(page).toMatchObject({ examined: 200, cursor: 'next' });
  });

  it('ends with the list', async () => {
    const { asked, page } = await read([answer({ keys: [1] }), answer({ cursor: null })]);
    expect(asked).toHaveLength(2);
    expect(page).toMatchObject({ keys: [1], cursor: null });
  });

  it('with few items ends when more than 20,000 keys were looked at', async () => {
    const { asked } = await read(Array.from({ length: 5 }, () => answer({ examined: 10_000 })));
    expect(asked).toHaveLength(3);
  });

  it('has looked at no more keys than there are', async () => {
    const { page } = await read([answer({ of: 150 }), answer({ of: 150, cursor: null })]);
    expect(page.examined).toBe(150);
    const unknown = await read([answer({ of: null }), answer({ of: null, cursor: null })]);
    expect(unknown.page.examined).toBe(200);
  });

  it("adds up the app's own keys, and names a missing right once", async () => {
    const { page } = await read([
      answer({ own: { sessions: 1 }, lacks: ['a'] }),
      answer({ own: { sessions: 2, accounts: 1 }, lacks: ['a', 'b'], cursor: null }),
    ]);
    expect(page).toMatchObject({ own: { sessions: 3, accounts: 1 }, lacks: ['a', 'b'] });
  });

  it('keeps what was read before a problem', async () => {
    expect(await read([failed])).toMatchObject({ page: null, problem: 'Redis is away' });
    const later = await read([answer({ keys: [1] }), failed]);
    expect(later).toMatchObject({ page: { keys: [1] }, problem: 'Redis is away' });
  });

  it('reads no more when the operator has left it', async () => {
    const { asked } = await read([answer({}), answer({})], AbortSignal.abort());
    expect(asked).toHaveLength(1);
  });
});
