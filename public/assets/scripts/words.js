/** The texts of this page: those of the language that `<html lang>` names. */

export const { tag, hourCycle, translate, words, operator } = await import(
  `./languages/${document.documentElement.lang}.js`
);
