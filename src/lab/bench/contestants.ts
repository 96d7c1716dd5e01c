/** The contestants of the bench alone: the limits, and the app in Ruby. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readStartCommand } from '../foundry/procfile.ts';
import { UsageError } from '../command-line/problem.ts';
import type { Contestant } from '../peers/contestants.ts';

/** The limit: no server answers requests for keys with less work. */
export const bareServer: Contestant = {
  name: 'bare node:http + ioredis',
  command: ['node', 'dist/lab/bench/servers/bare-keys.js'],
};

/** The limit for sessions. */
export const bareSessionServer: Contestant = {
  name: 'bare session server',
  command: ['node', 'dist/lab/bench/servers/bare-sessions.js'],
};

/** The command with which the platform starts a Ruby app that has no Procfile. */
const RACKUP = 'bundle exec rackup config.ru -p $PORT';

/** The app that the walk-through was written for, in Ruby: a checkout with its gems installed. */
export async function findUpstream(directory: string): Promise<Contestant> {
  const has = (file: string) => existsSync(join(directory, file));
  if (!has('Procfile') && !has('config.ru')) {
    throw new UsageError(
      `${directory} has neither Procfile nor config.ru, so it is no checkout of cf-redis-example-app.`,
    );
  }
  const command = has('Procfile') ? await readStartCommand(directory) : RACKUP;
  return {
    name: 'cf-redis-example-app',
    // The server takes the place of the shell, so that it is the one to be measured and stopped.
    command: ['sh', '-c', `exec ${command.replace(/^exec /, '')}`],
    directory,
    settings: {
      // Ruby and its gems are wherever the user has them.
      PATH: process.env.PATH!,
      HOME: process.env.HOME!,
      RACK_ENV: 'production',
      service_name: 'redis-service-instance',
    },
  };
}
