/** The program of each thread: does what it is called for, one call at a time. */
import { parentPort, workerData } from 'node:worker_threads';
import { Problem } from '../../command-line/problem.ts';
import type { SecondLine } from '../results/file.ts';
import { Sender, type Sending, type Share } from './sender.ts';

export type Call = Exclude<keyof Sending, 'close'>;

export type Reply = { lines: SecondLine[] } | { result: unknown } | { problem: string };

const sender = new Sender(workerData as Share, { counted: (lines) => reply({ lines }) });
let stopping = new AbortController();

parentPort!.on('message', (message: { call: Call; connections: number } | 'stop') => {
  if (message === 'stop') stopping.abort();
  else void answer(message.call, message.connections);
});

async function answer(call: Call, connections: number): Promise<void> {
  stopping = new AbortController();
  try {
    reply({ result: await sender[call](stopping.signal, connections) });
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    reply({ problem: error.message });
  }
}

function reply(message: Reply): void {
  parentPort!.postMessage(message);
}
