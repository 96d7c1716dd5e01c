/** Whom a page takes for signed in where not every instance knows. */
import { forget, recall, remember } from '../../public/assets/scripts/remembered.js';

const FORM = 'http://127.0.0.1:8080/session/';

/** As much of a browser as is needed for it. */
let stored: Map<string, string>;
beforeEach(() => {
  stored = new Map();
  const sessionStorage = {
    getItem: (name: string) => stored.get(name) ?? null,
    setItem: (name: string, value: string) => stored.set(name, value),
    removeItem: (name: string) => stored.delete(name),
  };
  Object.assign(globalThis, { sessionStorage });
  comeFrom('', 0);
});
afterEach(() => jest.restoreAllMocks());

function comeFrom(referrer: string, redirectCount: number): void {
  Object.assign(globalThis, { document: { referrer } });
  const navigation = { redirectCount } as unknown as PerformanceEntry;
  jest.spyOn(performance, 'getEntriesByType').mockReturnValue([navigation]);
}

describe('a page', () => {
  it('knows the user whom it has signed in, until it forgets them', () => {
    expect(recall()).toBeNull();
    remember('ada');
    comeFrom(`${FORM}sign-in`, 1);
    expect(recall()).toBe('ada');
    forget();
    expect(recall()).toBe('The visitor');
  });

  it.each(['sign-in', 'sign-up', 'sign-up?language=ko'])(
    'takes its visitor for signed in when it comes from the form %s',
    (form) => {
      comeFrom(FORM + form, 1);
      expect(recall()).toBe('The visitor');
    },
  );

  it.each([
    ['was opened by a link on the form', 'sign-in', 0],
    ['comes from another form', 'change-password', 1],
    ['comes from another page', 'sign-in-elsewhere', 1],
  ])('does not when it %s', (_what, form, redirects) => {
    comeFrom(FORM + form, redirects);
    expect(recall()).toBeNull();
  });
});
