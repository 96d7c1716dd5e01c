/** The program of each thread: does one work until it is stopped, and posts the result. */
import { setMaxListeners } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import * as attacks from './attacks/attacks.ts';
import { probeHealth } from './health-probe.ts';

export type Works = typeof works;

type Work = (data: unknown, signal: AbortSignal) => Promise<unknown>;

const works = { ...attacks, probeHealth };
const { name, data } = workerData as { name: keyof Works; data: unknown };
const stopping = new AbortController();
setMaxListeners(Infinity, stopping.signal); // each connection listens

parentPort!.once('message', () => stopping.abort());
parentPort!.postMessage(await (works[name] as Work)(data, stopping.signal));
parentPort!.close();
