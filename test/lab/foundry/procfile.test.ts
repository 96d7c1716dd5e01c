/** The command that starts the app. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readStartCommand } from '../../../src/lab/foundry/procfile.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'procfile-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const write = (text: string) => writeFileSync(join(directory, 'Procfile'), text);

it.each([
  ['web: node server.js\n', 'node server.js'],
  ['web:node server.js', 'node server.js'],
  ['worker: node work.js\nweb:\t node server.js \r\n', 'node server.js'],
])('is that of the web process: %j', async (text, command) => {
  write(text);
  expect(await readStartCommand(directory)).toBe(command);
});

it.each(['', 'worker: node work.js', 'cobweb: node work.js', 'web:\nworker: node work.js'])(
  'is missed in a Procfile like %j',
  async (text) => {
    write(text);
    await expect(readStartCommand(directory)).rejects.toThrow(
      `${directory} has no Procfile with a line that says \`web: COMMAND\`.`,
    );
  },
);

it('is missed where there is no Procfile', async () => {
  await expect(readStartCommand(directory)).rejects.toThrow('has no Procfile');
});
