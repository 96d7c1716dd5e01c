/** The file of results: nothing of it is left out in silence, whether it is written or read. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Problem } from '../../../src/lab/command-line/problem.ts';
import {
  createResultsFile,
  type Line,
  readBegin,
  readResults,
} from '../../../src/lab/load-test/results/file.ts';

const directory = mkdtempSync(join(tmpdir(), 'results-'));
const path = join(directory, 'results.jsonl');
afterAll(() => rmSync(directory, { recursive: true }));

const END: Line = { type: 'end', at: 1, threads: 1, busy: 0, processor: 0 };

async function read(text: string): Promise<Line[]> {
  writeFileSync(path, text);
  const lines: Line[] = [];
  for await (const line of readResults(path)) lines.push(line);
  return lines;
}

it('is read as it was written', async () => {
  const file = createResultsFile(path);
  file.write(END);
  file.write({ ...END, at: 2 });
  await file.close();

  const lines: Line[] = [];
  for await (const line of readResults(path)) lines.push(line);
  expect(lines).toEqual([END, { ...END, at: 2 }]);
});

it('may break off in its last line', async () => {
  expect(await read(`${JSON.stringify(END)}\n{"type":"sec`)).toEqual([END]);
});

it('is refused when any other line is broken, because its requests would not count', async () => {
  const reading = read(`${JSON.stringify(END)}\n{"type":"sec\n${JSON.stringify(END)}\n`);

  await expect(reading).rejects.toThrow(Problem);
  await expect(reading).rejects.toThrow(`${path} holds no results of a load test: `);
});

it.each([
  ['is empty', ''],
  ['begins with another line', `${JSON.stringify(END)}\n{"type":"begin","version":2}`],
  ['holds null', 'null'],
])('is none of a load test when it %s', async (_, text) => {
  writeFileSync(path, text);

  await expect(readBegin(path)).rejects.toThrow(`${path} holds no results of a load test.`);
});

it('is missed when there is none', async () => {
  await expect(readBegin(join(directory, 'none'))).rejects.toThrow(
    /none holds no results .*ENOENT/,
  );
});

it('reports at its end that it could not be written', async () => {
  const missing = join(directory, 'missing', 'results.jsonl');
  const file = createResultsFile(missing);
  file.write(END);

  await expect(file.close()).rejects.toThrow(`The results cannot be written to ${missing}: ENOENT`);
});
