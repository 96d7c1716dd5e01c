/** Who is compared: servers that are known only by their command and by HTTP. */

export interface Contestant {
  name: string;
  /** Run at the top of the project with what the platform gives: PORT, VCAP_SERVICES and so on. */
  command: string[];
}

/** The limit that all others are measured against. */
export const bareServer: Contestant = {
  name: 'bare node:http + ioredis',
  command: ['node', 'dist/bench/bare-server.js'],
};

/** The one that has goals to meet. */
export const app: Contestant = {
  name: 'redis-example-app',
  command: ['node', 'dist/server.js'],
};

export const contestants = [bareServer, app];
