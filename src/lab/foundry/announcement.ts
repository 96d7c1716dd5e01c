/** Describes which commands to try, and where the app is: the last line is its URL. */
import { inviteAudience } from './audience.ts';
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
The app is up in ${instances === 1 ? '1 instance' : `${instances} instances`}.
${limiter.description}
Try it in another terminal:

  export APP=${address}
  curl -X PUT $APP/foo -d 'data=bar'
  curl $APP/foo
  curl -X DELETE $APP/foo
  curl $APP/

The instance with the index 0, and no other, answers

  curl -H 'X-Cf-Process-Instance: ${PROCESS_GUID}:0' $APP/

Send it commands: status, scale 4, kill 1, restart, rotate, outage 5, fail-over, stop

  npm run foundry -- status${port === 8080 ? '' : ` --port ${port}`}

${audienceUrl ? `${inviteAudience(audienceUrl)}\n\n` : ''}${hasKeys ? 'Press ? for keys. ' : ''}Ctrl-C stops it. Open the app in a browser:

http://${address}`;
}
