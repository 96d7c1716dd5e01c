/** Translates the app's own sentences, which are English wherever they come from. */

const SPECIAL = /[.*+?^${}()|[\]\\]/g;
/** After the special characters have been escaped. */
const NAMES = /\\\{(\w+)\\\}|<(\w+)>/g;

/**
 * `sentences` has pairs of an English sentence and its translation. A name in braces, as in
 * `the key holds a {type}, not a string`, stands for what differs. A name in angle brackets stands for
 * another sentence, or a part of one, which is translated as well. The first pair that fits counts; a
 * sentence that none fits stays as it is.
 */
export function createTranslation(sentences) {
  const patterns = Object.entries(sentences).map(([english, text]) => [toPattern(english), text]);
  return translate;

  function translate(text) {
    return translateWhole(text) ?? translateJoined(text);
  }

  /** Returns null for a text that no pair fits. */
  function translateWhole(text) {
    if (Object.hasOwn(sentences, text)) return sentences[text];
    for (const [pattern, translation] of patterns) {
      const found = pattern.exec(text);
      if (found) return fillIn(translation, found.groups ?? {});
    }
    return null;
  }

  function fillIn(translation, values) {
    return translation.replace(/\{(\w+)\}|<(\w+)>/g, (_, data, sentence) =>
      sentence ? translate(values[sentence]) : values[data],
    );
  }

  /** The app joins sentences that are independent of each other by a full stop and a space. */
  function translateJoined(text) {
    for (let end = text.indexOf('. '); end !== -1; end = text.indexOf('. ', end + 1)) {
      const first = translateWhole(text.slice(0, end));
      if (first !== null) return `${first}. ${translate(text.slice(end + 2))}`;
    }
    return text;
  }
}

function toPattern(english) {
  const pattern = english.replace(SPECIAL, '\\$&').replace(NAMES, '(?<$1$2>.+?)');
  return new RegExp(`^${pattern}$`, 's');
}
