/** The soak, for shorter than people would run it. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runLab } from '../../support/lab.ts';
import { interrupt } from './interrupt.ts';

jest.setTimeout(120_000);

const SERVER = join(import.meta.dirname, '../../../dist/server.js');
const SHORT = ['--seconds', '15', '--every', '4', '--users', '4'];

/** Leaves ten sockets a second behind, and warns of a listener too many. */
const LEAK = `
  const { connect, createServer } = require('node:net');
  const server = createServer().listen(0, '127.0.0.1').unref();
  const left = [];
  setInterval(() => left.push(connect(server.address().port, '127.0.0.1')), 100).unref();
  process.emitWarning('Possible EventEmitter memory leak detected');
`;

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'soak-test-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('npm run soak', () => {
  it('breaks one thing after the other, and tells a leak from what stays as it is', async () => {
    const svg = join(directory, 'soak.svg');
    await writeFile(join(directory, 'leak.cjs'), LEAK);
    const leaking = `web: exec node --require ${directory}/leak.cjs ${SERVER}`;
    await writeFile(join(directory, 'Procfile'), leaking);
    const [tight, leaky] = await Promise.all([
      runLab('faults/soak/soak', [...SHORT, '--svg', svg]),
      runLab('faults/soak/soak', SHORT, { cwd: directory }),
    ]);

    expect(tight.said.match(/\d+ s: .*/g)).toEqual([
      expect.stringMatching(/Redis killed$/),
      expect.stringMatching(/an instance killed$/),
      expect.stringMatching(/connections reset$/),
    ]);
    expect(tight.said).toMatch(
      /^\d+ requests, logins lost: 0, values wrong: 0[^]*warnings of Node.js: none$/m,
    );
    expect(await readFile(svg, 'utf8')).toContain('with 3 faults');
    expect(tight.code).toBe(0);

    expect(leaky.said).toMatch(
      /warnings of Node.js: .*memory leak[^]*^SOCKETS GREW; NODE.JS WARNED$/m,
    );
    expect(leaky.code).toBe(1);
  });

  it('clears all away on Ctrl-C, even while Redis is away', async () => {
    const when = { signal: 'SIGINT', after: /Redis killed/, time: 500, processes: 4 } as const;
    const { code, left } = await interrupt('faults/soak/soak', SHORT, when); // while instances run

    expect(left).toEqual([]);
    expect(code).toBe(1);
  });

  it.each([
    ['--minutes', '0'],
    ['--seconds', '1'],
    ['--every', 'x'],
    ['--users', '0'],
  ])('says how it is used for %s %s', async (...args) => {
    const { code, said } = await runLab('faults/soak/soak', args);

    expect(said).toMatch(
      /^Usage: npm run soak .*\n\n--(minutes|seconds|every|users) is a whole number from .*\n$/,
    );
    expect(code).toBe(1);
  });
});
