/** Prints what the children say, each line behind the padded name of its process. */
import { styleText } from 'node:util';

export type Print = (text: string) => void;

const NAME_WIDTH = 10; // app/0, foundry, redis/0, sentinel/0

const COLOURS = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'] as const;

/** False as well for NO_COLOR and simple terminals. */
const hasColours = process.stdout.isTTY && process.stdout.hasColors();

let isSilent = false;

const printers = new Map<string, Print>();

/** Each new name gets the next colour, and keeps it. */
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

/** For programs that have something else to say. */
export function silence() {
  isSilent = true;
}
