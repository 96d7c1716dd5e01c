/** Who is compared: servers that are known only by their command and by HTTP. */

export interface Contestant {
  name: string;
  /** Run at the top of the project with what the platform gives: PORT, VCAP_SERVICES and so on. */
  command: string[];
}

/** The one that has goals to meet. */
export const app: Contestant = {
  name: 'redis-example-app',
  command: ['node', 'dist/server.js'],
};

/** The limit of what can be done with keys. */
export const bareServer: Contestant = {
  name: 'bare node:http + ioredis',
  command: ['node', 'dist/bench/bare-server.js'],
};

/** The limit of what can be done with sessions. */
export const bareSessionServer: Contestant = {
  name: 'bare session server',
  command: ['node', 'dist/bench/bare-session-server.js'],
};

/** What sessions in Redis usually are. */
export const expressServer: Contestant = {
  name: 'express + express-session + connect-redis',
  command: ['node', 'dist/bench/express-server.js'],
};
