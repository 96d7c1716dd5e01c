/** Options that npm has kept, as in `npm run foundry --port=8081`: the `--` before them is missing. */
import type { CommandUnknownOpts, Option } from '@commander-js/extra-typings';
import { UsageError } from './problem.ts';

/** npm has options of these names itself, and keeps --help and --version for certain. */
const OF_NPM = ['cpu', 'json', 'only'];

/**
 * Returns the words of a command line with the options that npm has kept. npm hands them on in
 * variables: --port=8081 as `npm_config_port=8081`, --sticky as `npm_config_sticky=true`. For
 * --port 8081 it says `true` as well, and 8081 is a word of the command line. Throws a usage error
 * when it cannot be known which word that is.
 */
export function withKeptOptions(
  command: CommandUnknownOpts,
  words: string[],
  env: NodeJS.ProcessEnv,
): string[] {
  const kept = command.options.filter((option) => isKept(option, env));
  const lacking = kept.filter((option) => option.required && env[variable(option)] === 'true');
  const complete = kept
    .filter((option) => !lacking.includes(option))
    .flatMap((option) =>
      option.required ? [option.long!, env[variable(option)]!] : [option.long!],
    );
  if (lacking.length === 0) return [...words, ...complete];

  const isOfCommand = command.parent !== null;
  const expected = isOfCommand ? 1 + command.registeredArguments.length : 0;
  if (lacking.length > 1 || words.length !== expected + 1) throw misunderstanding(lacking);
  // Before the command or behind it: as in --port 8081 scale 4, and in scale 4 --port 8081
  const place = isOfCommand && words[0] === command.name() ? expected : 0;
  return [...words.toSpliced(place, 1), ...complete, lacking[0]!.long!, words[place]!];
}

function isKept(option: Option, env: NodeJS.ProcessEnv): boolean {
  return !OF_NPM.includes(option.name()) && env[variable(option)] !== undefined;
}

function variable(option: Option): string {
  return `npm_config_${option.name().replaceAll('-', '_')}`;
}

function misunderstanding(options: Option[]): UsageError {
  const names = options.map(({ long }) => long).join(' and ');
  return new UsageError(`npm has kept ${names} to itself. Write -- before all options.`);
}
