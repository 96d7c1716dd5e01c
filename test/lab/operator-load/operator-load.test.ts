/** The measurement of the operator's room, with little to measure. */
import { runLab } from '../../support/lab.ts';

describe('npm run operator-load', () => {
  it('reports all goals, and finds no slow command and no large memory', async () => {
    const words = '--keys 4000 --elements 100000 --megabytes 32 --rounds 1 --seconds 1'.split(' ');
    const { said } = await runLab('operator-load/operator-load', words);
    expect(said).toMatch(/first page of 4,000 keys.*300 ms.*yes/);
    expect(said).toMatch(/p99 of GET \/:key.*×/); // a busy machine may miss this goal
    expect(said).toMatch(/slow log.*none.*yes/);
    expect(said).toMatch(/memory of the instance.*256 MB.*yes/);
  });
});
