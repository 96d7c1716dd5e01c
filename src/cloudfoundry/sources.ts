/** Reads service bindings from each place where a platform puts them. */
import { readFileSync } from 'node:fs';
import { readAppEnv } from './app-env.ts';
import { readBindingRoot } from './binding-root.ts';
import { BindingProblem, type Fields, isFields } from './fields.ts';
import { type Service, toService } from './services.ts';

export type Environment = Record<string, string | undefined>;

interface Found {
  services: Service[];
  /** Says which part of the source could not be read; null if all of it could. */
  problem: string | null;
}

/** In the order in which the app looks. Each throws BindingProblem when it cannot be read. */
export const SOURCES: ((env: Environment) => Found)[] = [
  fromServicesFile,
  fromVcapServices,
  fromBindingRoot,
  fromRedisUrl,
];

const NOTHING: Found = { services: [], problem: null };

/** The app feature `file-based-vcap-services`. */
function fromServicesFile({ VCAP_SERVICES_FILE_PATH: path }: Environment): Found {
  if (!path) return NOTHING;
  const source = `The file that VCAP_SERVICES_FILE_PATH names, ${path},`;
  try {
    return parseServices(source, readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof BindingProblem) throw error;
    throw new BindingProblem(`${source} cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
}

function fromVcapServices({ VCAP_SERVICES: json }: Environment): Found {
  return json === undefined ? NOTHING : parseServices('VCAP_SERVICES', json);
}

/** The app feature `service-binding-k8s`, and Korifi. */
function fromBindingRoot({ SERVICE_BINDING_ROOT: root }: Environment): Found {
  if (!root) return NOTHING;
  try {
    return { services: readBindingRoot(root), problem: null };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new BindingProblem(`SERVICE_BINDING_ROOT, ${root}, cannot be read (${code})`);
  }
}

/** For a Redis without a platform, as on a developer's machine. */
function fromRedisUrl({ REDIS_URL: uri }: Environment): Found {
  if (!uri) return NOTHING;
  const service = toService({ name: 'REDIS_URL', label: 'REDIS_URL', credentials: { uri } });
  return { services: [service], problem: null };
}

/** The message never quotes the text: it holds passwords. */
function parseServices(source: string, json: string): Found {
  const shape = 'a JSON object that has a list of services under each label';
  if (json.trim() === '') throw new BindingProblem(`${source} is empty; it should be ${shape}`);
  const failure = findFailure(json);
  if (failure) throw new BindingProblem(`${source} is not ${shape}: ${failure}`);
  const document: unknown = JSON.parse(json);
  if (!isFields(document)) throw new BindingProblem(`${source} is not ${shape}`);

  const labels = Object.entries(document).map(([label, value]) => ({ label, ...sortOut(value) }));
  const lists = labels.map(({ label, entries }) => [label, entries]);
  const { services } = readAppEnv({ VCAP_SERVICES: JSON.stringify(Object.fromEntries(lists)) });
  const skipped = labels.filter(({ isWhole }) => !isWhole).map(({ label }) => `"${label}"`);
  return {
    services: Object.entries(services).flatMap(([label, entries]) =>
      (entries as unknown as Fields[]).map((entry) => toService({ label, ...entry })),
    ),
    problem: skipped.length > 0 ? `${source} is not ${shape}: skipped ${skipped.join(', ')}` : null,
  };
}

/** Some write one service instead of a list. Other values are no services. */
function sortOut(value: unknown): { entries: Fields[]; isWhole: boolean } {
  if (isFields(value) && isFields(value.credentials)) return { entries: [value], isWhole: true };
  if (!Array.isArray(value)) return { entries: [], isWhole: false };
  const entries = value.filter(isFields);
  return { entries, isWhole: entries.length === value.length };
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
