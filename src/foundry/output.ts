/** Prints what the children say, each line behind the padded name of its process. */
import { styleText } from 'node:util';

export type Print = (line: string) => void;

const NAME_WIDTH = 7; // redis, app/0, app/10

const COLOURS = ['cyan', 'yellow', 'green', 'magenta', 'blue', 'red'] as const;

/** False as well for NO_COLOR and simple terminals. */
const hasColours = process.stdout.isTTY && process.stdout.hasColors();

let printers = 0;

/** The next name gets the next colour. */
export function printerFor(name: string): Print {
  const colour = COLOURS[printers++ % COLOURS.length]!;
  const prefix = `${name.padEnd(NAME_WIDTH)} | `;
  const painted = hasColours ? styleText(colour, prefix) : prefix;
  return (line) => console.log(painted + line);
}

/** Tells where the app is and what to try. */
export function announce(address: string) {
  console.log(`
The app is up at http://${address}. Try it in another terminal:

  export APP=${address}
  curl -X PUT $APP/foo -d 'data=bar'
  curl $APP/foo
  curl -X DELETE $APP/foo
  curl $APP/

Ctrl-C stops it.
`);
}
