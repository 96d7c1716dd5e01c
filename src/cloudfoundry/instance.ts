/** Reads which app instance this process is. */
import { randomUUID } from 'node:crypto';
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

/** Without a platform, an instance calls itself 0 and makes up a GUID. */
export function readInstance(env: Environment): Instance {
  const { app, isLocal, name } = readAppEnv({ VCAP_APPLICATION: readApplication(env) });
  return {
    appName: name || 'redis-example-app',
    index: [Number(env.CF_INSTANCE_INDEX), app.instance_index].find(Number.isInteger) ?? 0,
    guid: [env.CF_INSTANCE_GUID, app.instance_id].find(isGuid) ?? randomUUID(),
    onPlatform: !isLocal,
  };
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
