/** The fields of which an element consists, by the type of its key. */
import * as parts from './parts.js';
import { operator as words } from '../words.js';

const FIELDS = {
  string: ['value'],
  list: ['value', 'end'],
  hash: ['field', 'value'],
  set: ['value'],
  zset: ['value', 'score'],
  stream: ['field', 'value'],
};

export const TYPES = Object.keys(FIELDS);

const ENDS = [
  ['right', words.atEnd],
  ['left', words.atBegin],
];

export function entryFields(type) {
  return FIELDS[type].map((name) => parts.field(words.fields[name], createControl(name)));
}

function createControl(name) {
  if (name === 'end') return parts.select('end', ENDS);
  if (name === 'score') return parts.input('score', { required: true, value: '0', size: 6 });
  return parts.input(name);
}
