/** The servers that race, with the options by which each does best here. */
import {
  app,
  type Contestant,
  expressServer,
  fastifyServer,
  koaServer,
} from '../peers/contestants.ts';

export interface Entrant extends Contestant {
  /** Those that matter here, named as in the documentation of the package. */
  options: string;
}

/** A rolling session is saved after every read, so that reads can revive it as well. */
const NOT_ROLLING = { ROLLING: 'false' };

export const ENTRANTS: Entrant[] = [
  { ...expressServer, options: 'resave: false, saveUninitialized: false' },
  { ...koaServer, settings: NOT_ROLLING, options: 'rolling: false' },
  {
    ...fastifyServer,
    settings: NOT_ROLLING,
    options: 'rolling: false, saveUninitialized: false',
  },
  { ...app, options: 'as pushed' },
];
