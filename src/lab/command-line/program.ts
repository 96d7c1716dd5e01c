/** Runs a program of the lab: its arguments, its usage text and its exit code. */
import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  Option,
} from '@commander-js/extra-typings';
import { killAllProcesses } from '../processes/process.ts';
import { Problem, UsageError } from './problem.ts';

process.stdout.on('error', () => {}); // the reader of a pipe has gone, as that of `--help | head`

/** A program that users start as `npm run NAME -- …`. Its options and actions are added to it. */
export function createProgram(name: string): Command {
  return new Command(`npm run ${name} --`)
    .helpOption('--help', 'prints this text')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ outputError: () => {} }); // runProgram prints errors
}

/** Parses the arguments and runs the action. An action that fails without an error sets the exit code. */
export async function runProgram(program: CommandUnknownOpts, exitCodeOfErrors = 1): Promise<void> {
  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return; // printed its help
    console.error(describeError(error, program));
    process.exitCode = exitCodeOfErrors;
  } finally {
    killAllProcesses(); // one that is left would keep the program from ending
  }
}

function describeError(error: unknown, program: CommandUnknownOpts): unknown {
  if (error instanceof CommanderError) {
    const sentence = error.message.replace(/^error: ./, (start) => start.slice(7).toUpperCase());
    return `${sentence}\n\n${program.helpInformation()}`;
  }
  if (error instanceof UsageError) return `${error.message}\n\n${program.helpInformation()}`;
  return error instanceof Problem ? error.message : error;
}

/** An option that takes a whole number within bounds, as in `--seconds <N>`. */
export function numberOption<Flags extends string>(
  flags: Flags,
  description: string,
  least: number,
  most: number,
) {
  const name = flags.slice(2, flags.indexOf(' '));
  return new Option(flags, description).argParser((text) =>
    readWholeNumber(name, text, least, most),
  );
}

/** Throws a usage error that names the option and its bounds. */
export function readWholeNumber(option: string, text: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/.test(text.trim()) && number >= least && number <= most) return number;
  throw new UsageError(
    `--${option} is a whole number from ${least} to ${most}, and not "${text}".`,
  );
}
