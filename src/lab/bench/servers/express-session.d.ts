/** As much of the types of express-session as the bench and connect-redis need: it has none. */

declare module 'express-session' {
  import type { EventEmitter } from 'node:events';
  import type { RequestHandler } from 'express';

  export class Store extends EventEmitter {}
  export type SessionData = Express.Request['session'];

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
    session: import('./session-content.ts').Session;
  }
}
