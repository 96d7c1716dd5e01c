/** Reads bindings from files: a directory for each service, a file for each field (servicebinding.io). */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Fields } from './fields.ts';
import { type Service, toService } from './services.ts';

/** Files beside the credentials; older versions of the platform write dashes for underscores. */
const ENVELOPE = new Set([
  'binding_guid',
  'binding_name',
  'instance_guid',
  'instance_name',
  'label',
  'name',
  'plan',
  'provider',
  'syslog_drain_url',
  'tags',
  'type',
  'volume_mounts',
]);

/** Returns the services below a SERVICE_BINDING_ROOT. Throws what the file system throws. */
export function readBindingRoot(root: string): Service[] {
  return visibleEntries(root)
    .filter((name) => typeOf(join(root, name))?.isDirectory())
    .map((name) => readBinding(name, join(root, name)));
}

function readBinding(directoryName: string, directory: string): Service {
  const envelope: Fields = {};
  const credentials: Fields = {};
  for (const name of visibleEntries(directory)) {
    const path = join(directory, name);
    if (!typeOf(path)?.isFile()) continue;
    const text = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
    const envelopeName = name.replaceAll('-', '_');
    if (ENVELOPE.has(envelopeName)) envelope[envelopeName] = text;
    else credentials[name] = text;
  }
  return toService({
    name: directoryName,
    label: envelope.type,
    ...envelope,
    tags: parseTags(envelope.tags),
    credentials,
  });
}

/** Returns undefined for a link that leads nowhere. */
function typeOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}

/** Skips names like `..data`, under which Kubernetes keeps the files themselves. */
function visibleEntries(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => !name.startsWith('.'))
    .sort();
}

function parseTags(tags: unknown): unknown {
  try {
    return JSON.parse(String(tags));
  } catch {
    return String(tags ?? '').split(',');
  }
}
