/** Reads from the Procfile how the app is started. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Problem } from '../command-line/problem.ts';

/** The command of the `web` process. */
export async function readStartCommand(directory: string): Promise<string> {
  const procfile = await readFile(join(directory, 'Procfile'), 'utf8').catch(() => '');
  const command = /^web:[ \t]*(\S.*)$/m.exec(procfile)?.[1];
  if (!command) {
    throw new Problem(`${directory} has no Procfile with a line that says \`web: COMMAND\`.`);
  }
  return command.trim();
}
