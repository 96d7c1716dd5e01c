/** Pages of a list: the app looks at a part of all keys for each, of which few may be wanted. */

const PAGE = 50; // items
/** With fewer items, reading goes on for so many keys: as long as the operator would wait. */
const MOST_EXAMINED = 20_000;

/**
 * Reads from a cursor, or from the beginning, until there are enough items of that name: `keys` or
 * `sessions`. `page` is null where the first answer is a problem.
 */
export async function readPage({ send, signal }, path, { name, query = {}, cursor }) {
  let page = null;
  for (;;) {
    const asked = new URLSearchParams({ ...query, cursor: page?.cursor ?? cursor ?? '' });
    const { json, problem } = await send('GET', `${path}?${asked}`);
    if (problem) return { page, problem };
    page = page ? merge(page, json, name) : json;
    const isEnough = page[name].length >= PAGE || page.examined > MOST_EXAMINED;
    if (isEnough || page.cursor === null || signal.aborted) return { page, problem: null };
  }
}

function merge(before, page, name) {
  return {
    ...page,
    [name]: [...before[name], ...page[name]],
    examined: Math.min(before.examined + page.examined, page.of ?? Infinity),
    own: addUp(before.own, page.own),
    lacks: [...new Set([...(before.lacks ?? []), ...(page.lacks ?? [])])],
  };
}

/** The app's own keys by their kinds. */
function addUp(one = {}, other = {}) {
  const sums = { ...one };
  for (const [kind, number] of Object.entries(other)) sums[kind] = (sums[kind] ?? 0) + number;
  return sums;
}
