/** Reads which app instance this process is. */
import { createHash, randomUUID } from 'node:crypto';
import { readAppEnv } from './app-env.ts';
import type { Environment } from './sources.ts';

export interface Instance {
  appName: string;
  index: number;
  /** Unlike the index, never shared by two instances, not even during a rolling deployment. */
  guid: string;
  /** True when the platform runs this process, behind its router. */
  onPlatform: boolean;
}

/** Without Cloud Foundry, the name of the host says which instance this is; see readHost. */
export function readInstance(env: Environment): Instance {
  const { app, isLocal, name } = readAppEnv({ VCAP_APPLICATION: readApplication(env) });
  const host = readHost(env);
  return {
    appName: name || 'redis-example-app',
    index: [Number(env.CF_INSTANCE_INDEX), app.instance_index].find(Number.isInteger) ?? host.index,
    guid: [env.CF_INSTANCE_GUID, app.instance_id].find(isGuid) ?? host.guid,
    onPlatform: !isLocal,
  };
}

/**
 * A pod of a StatefulSet has its ordinal as index: `app-2` is instance 2. The pods of a Deployment have
 * none: the index is a number of five digits that is made from the whole name, and the GUID begins with
 * the end of the name, as `kubectl get pods` shows it. Elsewhere the index is 0.
 */
function readHost({ HOSTNAME = '', KUBERNETES_SERVICE_HOST }: Environment) {
  const ordinal = /-(\d{1,4})$/.exec(HOSTNAME)?.[1];
  if (ordinal !== undefined) return { index: Number(ordinal), guid: randomUUID() };
  const end = /-([a-z\d]{5})$/.exec(HOSTNAME)?.[1];
  if (!KUBERNETES_SERVICE_HOST || !end) return { index: 0, guid: randomUUID() };
  return { index: fiveDigitsOf(HOSTNAME), guid: `${end}-${randomUUID()}` };
}

/** Two of ten pods get the same number once in 2,000 times; their GUIDs still differ. */
function fiveDigitsOf(name: string): number {
  return 10_000 + (createHash('sha256').update(name).digest().readUInt32BE() % 90_000);
}

/** `<index>/<first 8 of the GUID>`, as the header X-App-Instance has it. */
export function formatInstance({ index, guid }: Instance): string {
  return `${index}/${guid.slice(0, 8)}`;
}

/** The GUID becomes part of a header: it must be safe there. */
function isGuid(value: unknown): value is string {
  return typeof value === 'string' && /^[\w-]+$/.test(value);
}

/** Returns VCAP_APPLICATION only when it is a JSON object, as cfenv needs it. */
export function readApplication({ VCAP_APPLICATION: json }: Environment): string | undefined {
  try {
    const value: unknown = JSON.parse(json ?? '');
    return typeof value === 'object' && value !== null ? json : undefined;
  } catch {
    return undefined;
  }
}
