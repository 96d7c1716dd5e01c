/** Ctrl-C once, twice by npm, and twice by the user. */
import { stopOnSignals } from '../../../src/lab/command-line/stopping.ts';
import { startProcess } from '../../../src/lab/processes/process.ts';

/** Calls what listens to a signal, or to errors of standard output. */
let announce: (event: string) => void;
let time: number;

beforeEach(() => {
  time = 1000;
  jest.spyOn(performance, 'now').mockImplementation(() => time);
  const listeners = new Map<string | symbol, () => void>();
  for (const emitter of [process, process.stdout]) {
    jest.spyOn(emitter, 'on').mockImplementation((event: string | symbol, listener: () => void) => {
      listeners.set(event, listener);
      return emitter as never;
    });
  }
  announce = (event) => listeners.get(event)!();
});
afterEach(() => jest.restoreAllMocks());

it.each(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  'stops the program in order at the first %s, and kills nothing',
  (name) => {
    const kill = jest.fn();
    const { signal } = stopOnSignals(kill);
    expect(signal.aborted).toBe(false);
    announce(name);

    expect(signal.aborted).toBe(true);
    expect(kill).not.toHaveBeenCalled();
  },
);

it('takes a second one within half a second for the same key press, however often it comes', () => {
  const kill = jest.fn();
  stopOnSignals(kill);
  for (time of [1000, 1250, 1500]) announce('SIGINT');
  expect(kill).not.toHaveBeenCalled();

  time = 1501;
  announce('SIGINT');
  expect(kill).toHaveBeenCalledTimes(1);
});

it('kills what the program has started at a later one', async () => {
  const command = ['sleep', '60'] as const;
  const start = { name: 'left', command, cwd: '/', env: { PATH: process.env.PATH } };
  const child = await startProcess(start, () => {});
  const { interrupt } = stopOnSignals();
  interrupt();
  expect(child.isRunning()).toBe(true);

  time += 1000;
  interrupt();
  expect(await child.ended).toBe('signal SIGKILL');
}, 5_000);

it('stops when nobody reads what it prints, and does not count that as Ctrl-C', () => {
  const kill = jest.fn();
  const { signal } = stopOnSignals(kill);
  announce('error');
  expect(signal.aborted).toBe(true);

  time += 1000;
  announce('SIGINT');
  expect(kill).not.toHaveBeenCalled();
});
