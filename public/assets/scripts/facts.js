/** How something is, and facts with their names. */

/** Said anew only when it changes, as a screen reader reads it out. */
export function showState(element, mood, text) {
  element.dataset.state = mood;
  if (element.textContent !== text) element.textContent = text;
}

/** Facts are pairs of a name and a function that reads a subject; what it does not have is left out. */
export function showFacts(list, facts, subject) {
  list.replaceChildren(...facts.flatMap(([name, read]) => describe(name, read(subject))));
}

function describe(name, value) {
  if (value === null || value === undefined) return [];
  const term = document.createElement('dt');
  const description = document.createElement('dd');
  term.textContent = name;
  description.textContent = value;
  return [term, description];
}
