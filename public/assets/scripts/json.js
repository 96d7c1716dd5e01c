/** Reads JSON of the app, with the app's sentences in the language of the page. */
import { translate } from './words.js';

/** The fields that hold sentences, or lists of them. */
const SENTENCES = new Set(['error', 'problem', 'warning', 'advice', 'lacks', 'title', 'says']);

/** Throws SyntaxError for what is no JSON. */
export function parseJson(text) {
  return JSON.parse(text, (name, value) => (SENTENCES.has(name) ? translateAll(value) : value));
}

function translateAll(value) {
  if (Array.isArray(value)) return value.map(translateAll);
  return typeof value === 'string' ? translate(value) : value;
}
