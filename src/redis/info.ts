/** Reads what INFO answers. */

/** The fields of each group, as Redis writes them: `info.memory.used_memory`. */
export type Info = Record<string, Fields>;

export type Fields = Record<string, string>;

export function parseInfo(text: string): Info {
  const info: Info = {};
  let group: Fields = {};
  for (const line of text.split(/\r?\n/)) {
    const [, name] = /^# (\w+)/.exec(line) ?? [];
    const colon = line.indexOf(':');
    if (name) info[name.toLowerCase()] = group = {};
    else if (colon > 0) group[line.slice(0, colon)] = line.slice(colon + 1);
  }
  return info;
}

/** Reads the value of a field that has several: `calls=3,usec=12`. */
export function parsePairs(text: string): Fields {
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=', 2)));
}

/** Returns what a primary says of each of its replicas: `slave0:ip=10.0.0.2,port=6379,offset=42,lag=0`. */
export function listReplicas(replication: Fields): Fields[] {
  return Object.entries(replication)
    .filter(([name]) => /^slave\d+$/.test(name))
    .map(([, text]) => parsePairs(text));
}

/** Returns null for a field that is missing. */
export function toNumber(text: string | undefined): number | null {
  return text === undefined ? null : Number(text);
}
