/** Files that a program writes at its end: what cannot be written is refused at its start. */
import { closeSync, openSync } from 'node:fs';
import { Option } from '@commander-js/extra-typings';
import { Problem } from './problem.ts';

/** An option as `--svg <FILE>`. Creates the file if there is none. */
export function outputOption<Flags extends string>(flags: Flags, description: string) {
  return new Option(flags, description).argParser(proveWritable);
}

function proveWritable(path: string): string {
  try {
    closeSync(openSync(path, 'a'));
    return path;
  } catch (error) {
    throw new Problem(`${path} cannot be written: ${(error as Error).message}`);
  }
}
