/** What pages of other sites make a browser send with its user's cookies, and how. */

type Headers = Record<string, string>;

const fetched = {
  'Sec-Fetch-Site': 'same-site',
  'Sec-Fetch-Mode': 'no-cors',
  'Sec-Fetch-Dest': 'image',
};

/** A link that the user follows, or a form that a page submits. */
export const navigated = {
  'Sec-Fetch-Site': 'same-site',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
};

export const OTHER_SITES: [what: string, headers: Headers][] = [
  ['an image of a sibling app', fetched],
  ['a script of another site', { ...fetched, 'Sec-Fetch-Site': 'cross-site' }],
  ['a frame', { ...navigated, 'Sec-Fetch-Dest': 'iframe' }],
  ['a document that is fetched', { ...navigated, 'Sec-Fetch-Mode': 'no-cors' }],
  ['a page that is fetched in advance', { ...navigated, 'Sec-Purpose': 'prefetch' }],
  ['a script, without TLS', { Origin: 'http://sibling.example' }],
  ['a frame without an origin, without TLS', { Origin: 'null' }],
];
