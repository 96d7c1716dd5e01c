/** Prints the output of child processes, each line behind the name of its process. */
import { styleText } from 'node:util';

export type Print = (text: string) => void;

const NAME_WIDTH = 10; // app/0, foundry, redis/0, sentinel/0

const COLOURS = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'] as const;

/** False for NO_COLOR and simple terminals, too. */
const hasColours = process.stdout.isTTY && process.stdout.hasColors();

let isSilent = false;

const printers = new Map<string, Print>();

/** Each new name gets the next colour. */
export function printerFor(name: string): Print {
  const printer = printers.get(name) ?? createPrinter(name);
  printers.set(name, printer);
  return printer;
}

function createPrinter(name: string): Print {
  const colour = COLOURS[printers.size % COLOURS.length]!;
  const prefix = `${name.padEnd(NAME_WIDTH)} | `;
  const painted = hasColours ? styleText(colour, prefix) : prefix;
  return (text) => {
    if (!isSilent) console.log(text.replace(/^/gm, painted));
  };
}

/** Prints nothing from now on, for programs that have a report of their own to print. */
export function silence() {
  isSilent = true;
}
