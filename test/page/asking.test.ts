/** When the page asks who is signed in. */
import { createAsking } from '../../public/assets/scripts/asking.js';
import { until } from '../support/until.ts';

/** As much of a browser as is needed for it: no instance answers here. */
beforeAll(() => {
  Object.assign(globalThis, { document: Object.assign(new EventTarget(), { hidden: false }) });
});

describe('a page that is paused', () => {
  it('asks once when it is to begin, and goes on when it is paused no more', async () => {
    let answers = 0;
    const asking = createAsking(() => answers++);
    asking.setPaused(true);
    asking.start();
    await until('the first answer', () => answers === 1);
    asking.setPaused(false);
    await until('the next one', () => answers === 2);
    await asking.stop();
  });
});

describe('a request', () => {
  let asked = 0;
  let fail: () => void;
  beforeEach(() => {
    asked = 0;
    jest.spyOn(globalThis, 'fetch').mockImplementation(() => {
      asked++;
      return new Promise((_resolve, reject) => {
        fail = () => reject(new Error('nothing answers'));
      });
    });
  });
  afterEach(() => jest.restoreAllMocks());

  it('is one for all who want to know at the same time', async () => {
    const asking = createAsking(() => {});
    const both = [asking.once(), asking.once()];
    expect(asked).toBe(1);
    fail();
    await Promise.all(both);
  });

  it('has its answer before the page has stopped to ask', async () => {
    const heard: string[] = [];
    const asking = createAsking(() => heard.push('answer'));
    asking.start();
    const stopped = asking.stop().then(() => heard.push('stopped'));
    await new Promise(setImmediate);
    fail();
    await stopped;
    expect(heard).toEqual(['answer', 'stopped']);
    expect(asked).toBe(1);
  });
});
