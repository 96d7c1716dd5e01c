/** The health of Redis: live charts, each server in words, and what its own tables say. */
import { create } from '../elements.js';
import {
  formatMeasure,
  formatNumber,
  formatPercent,
  formatSeconds,
  formatSize,
  formatTime,
} from '../format.js';
import { mountCharts } from './charts.js';
import * as parts from './parts.js';
import { operator as words } from '../words.js';

const { redis: says } = words;

export function showRedis(context) {
  const { send, signal } = context;
  const problem = parts.fault();
  const nodes = create('div', { className: 'nodes' });
  const charts = create('div', { className: 'charts' });
  const live = parts.note();
  mountCharts(charts, live, context);
  void read();

  return [
    create(
      'section',
      {},
      create(
        'div',
        { className: 'top' },
        parts.heading(words.sections.redis),
        parts.button(words.refresh, read),
      ),
      problem,
      live,
      charts,
      nodes,
      ...DRAWERS.map(([title, path, show]) => parts.drawer(title, () => fill(path, show))),
    ),
  ];

  async function read() {
    const { json, problem: why } = await send('GET', '/operator/redis');
    if (signal.aborted) return;
    problem.textContent = why ?? '';
    if (Array.isArray(json)) nodes.replaceChildren(...json.map(showNode));
  }

  async function fill(path, show) {
    const { json, problem: why } = await send('GET', `/operator/redis/${path}`);
    return why ? [parts.fault(why)] : show(json);
  }
}

const DRAWERS = [
  [says.commands, 'commands', ofNodes(showCommands)],
  [says.slowLog, 'slow-log', ofNodes(showSlowLog)],
  [says.clients, 'clients', ofNodes(showClients)],
  [says.sentinel, 'sentinel', showSentinels],
  [says.rights, 'rights', ofNodes(showRights)],
];

function ofNodes(show) {
  return (nodes) =>
    nodes.flatMap(({ node, role, answer, problem }) => [
      nodeTitle(role, node),
      ...(problem ? [parts.fault(problem)] : show(answer)),
    ]);
}

function nodeTitle(role, node) {
  return create('h3', {}, `${words.roles[role]} `, create('small', { textContent: node }));
}

function showNode({ node, role, answer, problem }) {
  const title = nodeTitle(role, node);
  if (problem) return create('article', {}, title, parts.fault(problem));
  const { info, advice } = answer;
  const sentences = advice.map((text) => create('li', { textContent: text }));
  const good = create('p', { className: 'good', textContent: says.good });
  return create(
    'article',
    {},
    title,
    advice.length > 0 ? create('ul', { className: 'advice' }, ...sentences) : good,
    parts.facts(factsOf(info)),
  );
}

/** From the groups of INFO, in words. */
export function factsOf({
  server = {},
  clients = {},
  memory = {},
  persistence = {},
  stats = {},
  replication = {},
  keyspace = {},
}) {
  const { labels } = says;
  return [
    [
      labels.version,
      server.valkey_version ? `Valkey ${server.valkey_version}` : server.redis_version,
    ],
    [labels.uptime, inSeconds(server.uptime_in_seconds)],
    [
      labels.memory,
      memory.used_memory && says.memory(formatSize(Number(memory.used_memory)), limitOf(memory)),
    ],
    [labels.whenFull, memory.maxmemory_policy && says.whenFull(memory.maxmemory_policy)],
    [labels.fragmentation, memory.mem_fragmentation_ratio],
    [labels.evicted, inWhole(stats.evicted_keys)],
    [labels.expired, inWhole(stats.expired_keys)],
    [labels.clients, clients.connected_clients && says.connected(clients)],
    [labels.hits, hitsOf(stats)],
    [labels.lastSave, lastSaveOf(persistence)],
    [labels.unsaved, inWhole(persistence.rdb_changes_since_last_save)],
    [labels.aof, persistence.aof_enabled && says.aof(persistence)],
    ...replicationOf(replication),
    ...Object.entries(keyspace).map(([name, text]) => [name, says.keyspace(pairsOf(text))]),
  ];
}

function replicationOf(replication) {
  const { labels } = says;
  if (replication.role === 'slave') return [[labels.link, says.link(replication)]];
  const written = Number(replication.master_repl_offset);
  return Object.entries(replication)
    .filter(([name]) => /^slave\d+$/.test(name))
    .map(([, text]) => pairsOf(text))
    .map(({ ip, port, state, offset, lag }) => [
      labels.replica(`${ip}:${port}`),
      says.replica(state, formatNumber(Math.max(0, written - offset)), lag),
    ]);
}

function limitOf({ maxmemory }) {
  return Number(maxmemory) > 0 ? formatSize(Number(maxmemory)) : null;
}

function hitsOf({ keyspace_hits: hits, keyspace_misses: misses }) {
  const all = Number(hits) + Number(misses);
  return all > 0 ? says.hits(formatPercent(hits / all), formatNumber(all)) : null;
}

function lastSaveOf({ rdb_last_save_time: at, rdb_last_bgsave_status: status, rdb_saves: saves }) {
  if (!at) return null;
  return saves === '0' ? says.notSaved : says.saved(formatTime(1000 * at), status);
}

function inSeconds(text) {
  return text === undefined ? null : formatSeconds(1000 * text);
}

function inWhole(text) {
  return text === undefined ? null : formatNumber(Number(text));
}

/** `keys=3,expires=1` */
function pairsOf(text) {
  return Object.fromEntries(text.split(',').map((pair) => pair.split('=', 2)));
}

function showCommands(commands) {
  const rows = commands.map(({ command, calls, failed, rejected, mean, p50, p99, p999 }) => [
    create('code', { textContent: command }),
    formatNumber(calls),
    failed === null ? null : formatNumber(failed + rejected),
    ...[mean, p50, p99, p999].map(formatMeasure),
  ]);
  return [parts.table(says.commands, says.commandHeadings, rows)];
}

function showSlowLog(entries) {
  if (entries.length === 0) return [parts.note(says.noSlow)];
  const rows = entries.map(({ at, took, command, client }) => [
    formatTime(at),
    says.milliseconds(formatMeasure(took / 1000)),
    create('code', { textContent: command.map(parts.toText).join(' ') }),
    client,
  ]);
  return [parts.table(says.slowLog, says.slowHeadings, rows)];
}

function showClients(clients) {
  const rows = clients.map(({ addr, name, user, age, idle, cmd, db, 'tot-mem': memory }) => [
    addr,
    name,
    user ?? null,
    inSeconds(age),
    inSeconds(idle),
    create('code', { textContent: cmd }),
    db,
    memory ? formatSize(Number(memory)) : null,
  ]);
  return [parts.table(says.clients, says.clientHeadings, rows)];
}

function showSentinels({ problem, sentinels }) {
  if (problem) return [parts.note(problem)];
  return sentinels.flatMap(({ sentinel, answer, problem: why }) => [
    create('h3', {}, says.oneSentinel, create('small', { textContent: sentinel })),
    why ? parts.fault(why) : parts.facts(seenBy(answer)),
  ]);
}

function seenBy({ master, replicas, sentinels, quorum }) {
  const { labels } = says;
  const server = ({ ip, port, flags }) => `${ip}:${port} (${flags})`;
  return [
    [labels.primary, server(master)],
    [labels.replicas, replicas.map(server).join(', ')],
    [labels.others, sentinels.map(server).join(', ')],
    [labels.needed, master.quorum],
    [labels.quorum, quorum],
  ];
}

function showRights({ user, rights, problem }) {
  const missing = rights?.filter(({ allowed }) => !allowed) ?? [];
  const rule = missing.map((right) => right.rule).join(' ');
  return [
    parts.facts([[says.labels.user, user]]),
    ...(problem ? [parts.note(problem)] : []),
    ...(rights ? [parts.note(says.missing(missing.length, rights.length))] : []),
    ...(missing.length > 0
      ? [
          parts.table(
            says.rights,
            says.rightHeadings,
            missing.map(({ part, command }) => [
              create('code', { textContent: command }),
              says.parts[part] ?? part,
            ]),
          ),
          create('pre', {}, create('code', { textContent: `ACL SETUSER ${user} ${rule}` })),
        ]
      : []),
  ];
}
