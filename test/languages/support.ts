/** What the tests of languages have in common: the languages, and rules for their texts. */
import type { Page } from 'playwright-core';
import * as en from '../../public/assets/scripts/languages/en.js';
import * as ko from '../../public/assets/scripts/languages/ko.js';

export { en, ko };

/** What stays English in every language: commands to type, and names of things. */
const UNTRANSLATED = [
  /\bcf [a-z-]+( APP| [A-Z_]+ NAME| OPERATOR_PASSWORD| tls_enabled (true|false))?/g,
  /\bredis-cli --cluster check\b/g,
  /\bdocs\/redis\.md\b/g,
];

/** Returns two English words that follow each other, or null. */
export function findEnglish(text: string): string | null {
  const rest = UNTRANSLATED.reduce((left, pattern) => left.replace(pattern, ''), text);
  return /(?<![\w/.=-])[A-Za-z]{2,} [a-z]{2,}(?![\w/=-])/.exec(rest)?.[0] ?? null;
}

/** Returns the English sentences that a visitor sees on a page, or hears, outside of what is code. */
export async function findEnglishOn(page: Page): Promise<string[]> {
  const texts = await page.evaluate<string[]>(`(() => {
    const texts = [document.title];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      const element = node.parentElement;
      if (node.nodeType === Node.TEXT_NODE && !element.closest('code, pre, script, noscript, [lang=en]'))
        if (element.checkVisibility() || element.closest('title, option')) texts.push(node.textContent);
      for (const name of ['aria-label', 'title', 'alt', 'placeholder'])
        if (node.nodeType === Node.ELEMENT_NODE) texts.push(node.getAttribute(name) ?? '');
    }
    return texts.map((text) => text.trim()).filter(Boolean);
  })()`);
  return texts.filter(findEnglish);
}

/** Returns what has more text in it than is seen, without three dots that say so, and cannot be scrolled. */
export function findCut(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('body *')]
    .filter((each) => each.checkVisibility() && !each.matches('.spoken, .past, .past *, input, textarea'))
    .filter((each) => getComputedStyle(each).overflowX !== 'visible' && each.scrollWidth > each.clientWidth + 1)
    .filter((each) => !['auto', 'scroll'].includes(getComputedStyle(each).overflowX))
    .filter((each) => getComputedStyle(each).textOverflow !== 'ellipsis')
    .map((each) => each.outerHTML.slice(0, 120) + each.textContent.slice(0, 80))`);
}
