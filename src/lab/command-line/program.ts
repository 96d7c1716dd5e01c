/** Runs a program of the lab: its arguments, its usage text and its exit code. */
import {
  Command,
  CommanderError,
  type CommandUnknownOpts,
  Option,
} from '@commander-js/extra-typings';
import { killAllProcesses } from '../processes/process.ts';
import { withKeptOptions } from './kept-by-npm.ts';
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
  const words = process.argv.slice(2);
  const command = program.commands.find((each) => words.includes(each.name())) ?? program;
  try {
    await program.parseAsync(withKeptOptions(command, words, process.env), { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return; // printed its help
    console.error(describeError(error, command));
    process.exitCode = exitCodeOfErrors;
  } finally {
    killAllProcesses(); // one that is left would keep the program from ending
  }
}

/** What the user can repair is a sentence, and stands last. Only a defect shows where it is. */
function describeError(error: unknown, command: CommandUnknownOpts): unknown {
  if (error instanceof CommanderError) return describeMisuse(toSentence(error.message), command);
  if (error instanceof UsageError) return describeMisuse(error.message, command);
  const { message, syscall } = error as NodeJS.ErrnoException; // names the file or the address
  return error instanceof Problem || syscall ? message : error;
}

function describeMisuse(sentence: string, command: CommandUnknownOpts): string {
  const usage = command.createHelp().commandUsage(command);
  return `Usage: ${usage}   (--help explains it)\n\n${sentence}`;
}

/** Of "error: unknown option '--prot'" and, on a line of its own, "(Did you mean --port?)". */
function toSentence(message: string): string {
  const [error, suggestion] = message.replace(/^error: /, '').split('\n');
  const sentence = error!.charAt(0).toUpperCase() + error!.slice(1).replace(/\.?$/, '.');
  return suggestion ? `${sentence} ${suggestion.replace(/[()]/g, '')}` : sentence;
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

/** The option `--env NAME=VALUE`, which returns the variables by their names. */
export function variablesOption() {
  return new Option(
    '--env <NAME=VALUE>',
    'sets a variable for the app, as cf set-env does; repeatable',
  )
    .argParser(readVariable)
    .default({} as Record<string, string>, 'none');
}

function readVariable(text: string, earlier: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([A-Z_]\w*)=(.*)$/is.exec(text) ?? [];
  if (name) return { ...earlier, [name]: value! };
  throw new UsageError(`"${text}" is no variable: write it as OPERATOR_PASSWORD=VALUE.`);
}
