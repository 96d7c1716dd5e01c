/** Reads service bindings from each place where a platform puts them. */
import { readFileSync } from 'node:fs';
import { readAppEnv } from './app-env.ts';
import { readBindingRoot } from './binding-root.ts';
import { BindingProblem, type Fields, isFields } from './fields.ts';
import { type Service, toService } from './services.ts';

export type Environment = Record<string, string | undefined>;

/** In the order in which the app looks. Each throws BindingProblem when it cannot be read. */
export const SOURCES: ((env: Environment) => Service[])[] = [
  fromServicesFile,
  fromVcapServices,
  fromBindingRoot,
  fromRedisUrl,
];

/** The app feature `file-based-vcap-services`. */
function fromServicesFile({ VCAP_SERVICES_FILE_PATH: path }: Environment): Service[] {
  if (!path) return [];
  const source = `The file that VCAP_SERVICES_FILE_PATH names, ${path},`;
  try {
    return parseServices(source, readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof BindingProblem) throw error;
    throw new BindingProblem(`${source} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function fromVcapServices({ VCAP_SERVICES: json }: Environment): Service[] {
  return json === undefined ? [] : parseServices('VCAP_SERVICES', json);
}

/** The app feature `service-binding-k8s`, and Korifi. */
function fromBindingRoot({ SERVICE_BINDING_ROOT: root }: Environment): Service[] {
  if (!root) return [];
  try {
    return readBindingRoot(root);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BindingProblem(`SERVICE_BINDING_ROOT, ${root}, cannot be read (${code})`);
  }
}

/** For a Redis without a platform, as on a developer's machine. */
function fromRedisUrl({ REDIS_URL: uri }: Environment): Service[] {
  if (!uri) return [];
  return [toService({ name: 'REDIS_URL', label: 'REDIS_URL', credentials: { uri } })];
}

/** The message never quotes the text: it holds passwords. */
function parseServices(source: string, json: string): Service[] {
  const shape = 'a JSON object that has a list of services under each label';
  if (json.trim() === '') throw new BindingProblem(`${source} is empty; it should be ${shape}`);
  const failure = findFailure(json);
  if (failure) throw new BindingProblem(`${source} is not ${shape}: ${failure}`);
  if (!isServices(JSON.parse(json))) throw new BindingProblem(`${source} is not ${shape}`);

  const { services } = readAppEnv({ VCAP_SERVICES: json });
  return Object.entries(services).flatMap(([label, entries]) =>
    (entries as unknown as Fields[]).map((entry) => toService({ label, ...entry })),
  );
}

function isServices(value: unknown): boolean {
  return isFields(value) && Object.values(value).every(isListOfEntries);
}

function isListOfEntries(value: unknown): boolean {
  return Array.isArray(value) && value.every(isFields);
}

/** Returns where a text stops being JSON, and why, without quoting it; null for JSON. */
function findFailure(text: string): string | null {
  const message = failureOf(text);
  if (message === null) return null;
  const [, reason, position] = /^(.*) in JSON at position (\d+)/.exec(message) ?? [];
  const index = position === undefined ? findUnexpected(text) : Number(position);
  if (index === text.length) return `it ends too early, after ${text.length} characters`;
  return `it breaks at character ${index + 1} of ${text.length}: ${reason ?? 'unexpected character'}`;
}

/** For an unexpected character or end, JSON.parse does not name the position. */
function findUnexpected(text: string): number {
  let [sound, broken] = [0, text.length + 1];
  while (broken - sound > 1) {
    const middle = Math.floor((sound + broken) / 2);
    if (failureOf(text.slice(0, middle))?.startsWith('Unexpected token')) broken = middle;
    else sound = middle;
  }
  return sound;
}

function failureOf(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}
