/** The measurement of the operator's room, with little to measure. */
import { runLab } from '../../support/lab.ts';

describe('npm run operator-load', () => {
  it('reports all goals, and finds no large memory', async () => {
    const words = '--keys 4000 --elements 100000 --megabytes 32 --rounds 1 --seconds 1'.split(' ');
    const { code, said } = await runLab('operator-load/operator-load', words);
    // Beside all other tests, the goals that are times may be missed
    expect(said).toMatch(/first page of 4,000 keys.*300 ms.*\d ms/);
    expect(said).toMatch(/p99 of GET \/:key.*×/);
    expect(said).toMatch(/slow log.*none/);
    expect(said).toMatch(/memory of the instance.*256 MB.*yes/);
    expect(code).toBe(/\| NO +\|$/m.test(said) ? 1 : 0);
    expect(code).toBe(/^A goal is missed\.$/m.test(said) ? 1 : 0);
  });
});
