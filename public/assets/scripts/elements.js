/** Making and changing elements. Texts go through textContent, whoever wrote them. */

const SVG = 'http://www.w3.org/2000/svg';

export function create(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function draw(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Said anew only when it changes, as a screen reader may read it out. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Gives a list an element for each item, in order. An item that was there keeps its element, and
 * with it the focus.
 */
export function syncList(list, items, { keyOf, create: make, update }) {
  const old = new Map([...list.children].map((element) => [element.dataset.key, element]));
  const elements = items.map((item) => {
    const key = String(keyOf(item));
    const element = old.get(key) ?? make(item);
    old.delete(key);
    element.dataset.key = key;
    update(element, item);
    return element;
  });

  for (const element of old.values()) element.remove();
  elements.forEach((element, index) => {
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
}

/** For elements that stay: finds each by its `data-` name. */
export function finder(root) {
  return (name) => root.querySelector(`[data-${name}]`);
}
