/** Where a foundry listens for commands: a Unix domain socket that is found by the router's port. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function socketPath(port: number): string {
  return join(tmpdir(), `foundry-${port}.sock`);
}
