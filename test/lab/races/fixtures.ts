/** Results as a run has them. */
import type { Result } from '../../../src/lab/races/results.ts';

const DONE = [1000, 100, 100];

export const RESULTS: Result[] = [
  result('express + express-session + connect-redis', 'resave: false', [805, 60, 99]),
  result('koa + koa-session + ioredis', 'rolling: false', [700, 55, 97]),
  result('redis-example-app', 'as pushed', [0, 0, 0]),
];

function result(server: string, options: string, undone: [number, number, number]): Result {
  const [writes, amidRequests, amidUpload] = undone.map((count, i) => ({
    done: DONE[i]!,
    undone: count,
  }));
  return {
    server,
    options,
    outcomes: {
      writes: writes!,
      'sign-outs amid requests': amidRequests!,
      'sign-outs amid an upload': amidUpload!,
    },
  };
}
