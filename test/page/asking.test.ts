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
