/** A thread that asks for the health of an instance, so that no other work here delays it. */
import { untilStopped } from '../thread.ts';
import { probeHealth } from './health.ts';

await untilStopped((port: number, signal) => probeHealth(port, signal));
