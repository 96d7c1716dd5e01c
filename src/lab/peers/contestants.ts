/** The app and the servers it is compared with, known only by their command and by HTTP. */

export interface Contestant {
  name: string;
  /** Its environment is that of the platform: PORT, VCAP_SERVICES and so on. */
  command: string[];
  /** The working directory; the top of the project if not given. */
  directory?: string;
  /** Variables that it needs beside the platform's. */
  settings?: Record<string, string>;
}

/** This app, as the Procfile starts it. */
export const app: Contestant = {
  name: 'redis-example-app',
  command: ['node', '--max-old-space-size=112', '--max-semi-space-size=16', 'dist/server.js'],
};

/** The usual way to keep sessions in Redis. */
export const expressServer: Contestant = {
  name: 'express + express-session + connect-redis',
  command: ['node', 'dist/lab/peers/servers/express.js'],
};

/** The framework that is known for its speed. */
export const fastifyServer: Contestant = {
  name: 'fastify + @fastify/session + connect-redis',
  command: ['node', 'dist/lab/peers/servers/fastify.js'],
};

/** The packages of the app, without what the app does to them. */
export const koaServer: Contestant = {
  name: 'koa + koa-session + ioredis',
  command: ['node', 'dist/lab/peers/servers/koa-session.js'],
};
