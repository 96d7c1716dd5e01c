/**
 * Rotates the credentials of the bound Redis, as RFC-0040 of Cloud Foundry has it: a second binding,
 * a rolling restart, and the removal of the first binding.
 */
import { Problem } from '../command-line/problem.ts';
import { addPassword } from '../redis/passwords.ts';
import type { Foundry } from './start.ts';

/**
 * Returns a function that resolves when all instances have another password, and Redis refuses the
 * one before. It rejects with a problem during another rotation; when the instances cannot be
 * restarted, both passwords stay right, and a later rotation revokes both.
 */
export function createRotation({
  instances,
  service,
  servers,
}: Pick<Foundry, 'instances' | 'service' | 'servers'>): () => Promise<void> {
  let isOn = false;

  return async () => {
    if (isOn) throw new Problem('The credentials are being rotated. Try again when that is done.');
    isOn = true;
    try {
      const { password, revokeOthers } = await addPassword(servers);
      service.credentials = { ...service.credentials, password };
      await instances.restart();
      await revokeOthers();
    } finally {
      isOn = false;
    }
  };
}
