/** Brings a binding, however nested, into one list of fields. */
import { type Field, type Fields, isFields } from './fields.ts';
import { findSpelling, wordsOf } from './spellings.ts';

/** Returns the fields of all levels, without those that are empty. Never throws. */
export function flatten(credentials: Fields, path = ''): Field[] {
  return Object.entries(credentials).flatMap(([key, raw]) => {
    const name = path + key;
    const value = unlist(name, parseJson(name, raw));
    if (isEmpty(value)) return [];
    if (!isFields(value) || isValue(name, value)) return [{ name, value }];
    return [...switchOf(name, value), ...flatten(value, `${name}.`)];
  });
}

/** Skips null, an empty text and an empty list, which brokers write for fields without a value. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === 'string' ? value.trim() === '' : Array.isArray(value) && !value.length;
}

/** A binding read from files holds objects and lists as JSON text. A password only looks like it. */
function parseJson(name: string, value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  if (/password$/i.test(findSpelling(wordsOf(name))?.role ?? '')) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** Upsun: a list of objects, mostly of one, under a name of the user's choice. */
function unlist(name: string, value: unknown): unknown {
  if (!Array.isArray(value) || !value.every(isFields) || findSpelling(wordsOf(name))) return value;
  return value.length === 1 ? value[0] : Object.fromEntries(value.entries());
}

/** An object where a text is expected: to be refused by its name, not searched for fields. */
function isValue(name: string, value: Fields): boolean {
  const isKnown = (path: string) => findSpelling(wordsOf(path)) !== null;
  if (!isKnown(name) || isSwitch(name)) return false;
  return !Object.keys(value).some((key) => isKnown(`${name}.${key}`));
}

/** SAP and Spring: an object called `tls` or `ssl` asks for TLS, unless a field says `enabled`. */
function switchOf(name: string, value: Fields): Field[] {
  const answers = Object.keys(value).some((key) => isSwitch(`${name}.${key}`));
  return isSwitch(name) && !answers ? [{ name, value: true }] : [];
}

function isSwitch(name: string): boolean {
  return findSpelling(wordsOf(name))?.role === 'tls';
}
