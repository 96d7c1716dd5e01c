/** Certificates made for one test run, good ones and bad ones. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as encryption from '../../src/lab/redis/encryption.ts';
import { stopAtEnd } from './cleanup.ts';

export type { Authority, Certificate } from '../../src/lab/redis/encryption.ts';

/** In a directory of its own. */
export async function createAuthority(): Promise<encryption.Authority> {
  return encryption.createAuthority(await useDirectory());
}

export async function createEncryption(): Promise<encryption.Encryption> {
  return encryption.createEncryption(await useDirectory());
}

async function useDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'authority-'));
  stopAtEnd(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
