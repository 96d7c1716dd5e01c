/** What the smoke test asks of the app: by HTTPS, where the platform has it. */
import { findOrigin } from '../../../src/lab/smoke-test/app.ts';

const { signal } = new AbortController();

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
});
