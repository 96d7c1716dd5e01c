/** As much of the types of express-session as express.ts and connect-redis need: it has none. */

declare module 'express-session' {
  import type { EventEmitter } from 'node:events';
  import type { RequestHandler } from 'express';

  export class Store extends EventEmitter {}
  export type SessionData = import('./session-content.ts').Session;

  interface Options {
    store: Store;
    resave: boolean;
    saveUninitialized: boolean;
    secret: string;
  }
  export default function session(options: Options): RequestHandler;
}

declare namespace Express {
  interface Request {
    session: import('./session-content.ts').Session & {
      destroy(done: (error?: Error) => void): void;
    };
  }
}
