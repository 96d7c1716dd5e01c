/** Describes where the app is and which commands to try. */
import { inviteAudience } from './audience.ts';
import { KEYS } from './control/keys.ts';
import { PROCESS_GUID } from './environment.ts';
import type { Foundry } from './start.ts';

type Facts = Pick<Foundry, 'address' | 'port' | 'limiter'>;

export function describeFoundry(
  { address, port, limiter }: Facts,
  instances: number,
  hasKeys: boolean,
  audienceUrl: string | null,
): string {
  return `
The app is up at http://${address} in ${instances === 1 ? '1 instance' : `${instances} instances`}.
${limiter.description}
${audienceUrl ? `\n${inviteAudience(audienceUrl)}\n\n` : ''}Open it in a browser, or try it in another terminal:

  export APP=${address}
  curl -X PUT $APP/foo -d 'data=bar'
  curl $APP/foo
  curl -X DELETE $APP/foo
  curl $APP/

The instance with the index 0, and no other, answers

  curl -H 'X-Cf-Process-Instance: ${PROCESS_GUID}:0' $APP/

More commands:

${listCommands(port)}
${hasKeys ? `\nOr press a key here:\n\n${KEYS}\n` : ''}
Ctrl-C stops it.
`;
}

function listCommands(port: number): string {
  const option = port === 8080 ? '' : ` --port ${port}`;
  const commands = ['status', 'scale 4', 'kill 1', 'restart', 'fail-over', 'outage 5', 'stop'];
  return commands.map((command) => `  npm run foundry -- ${command}${option}`).join('\n');
}
