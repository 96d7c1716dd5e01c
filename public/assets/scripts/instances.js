/** The table of the running instances, one row for each index. */
import { create, finder, setText, syncList } from './elements.js';
import {
  formatCores,
  formatMeasure,
  formatMemory,
  formatMilliseconds,
  formatTime,
} from './format.js';
import { listRunning } from './timeline.js';
import { words } from './words.js';

const CELLS = [
  ({ index }) => String(index),
  ({ status }) => status && formatTime(status.startedAt),
  ({ status }) => status && formatMeasure(status.requestsPerSecond),
  ({ status }) => status && formatMilliseconds(status.p95),
  ({ status }) => status && formatMemory(status.memory, status.memoryLimit),
  ({ status }) => status && formatCores(status.cpu, status.cpuLimit),
];

export function mountInstances(section) {
  const find = finder(section);
  const table = find('table');
  const [head, body] = table.children;
  head.append(
    create(
      'tr',
      {},
      ...words.headings.map((textContent) => create('th', { scope: 'col', textContent })),
    ),
  );

  setText(find('state'), words.notMeasured);

  /** `isStale` is true while nothing can be measured: the last values stay, and look it. */
  return function show(timeline, isStale) {
    const running = listRunning(timeline).filter(({ status }) => status);
    table.hidden = running.length === 0;
    find('state').hidden = !isStale || running.length > 0;
    table.classList.toggle('stale', isStale);
    section.style.setProperty('--rows', running.length);
    syncList(body, running, {
      keyOf: ({ index }) => index,
      create: createRow,
      update: updateRow,
    });
  };
}

function createRow() {
  const name = create('th', { scope: 'row' }, create('span'), create('small'));
  return create('tr', {}, name, ...CELLS.slice(1).map(() => create('td')));
}

function updateRow(row, life) {
  const [name, ordinal] = row.cells[0].children;
  setText(name, CELLS[0](life));
  setText(ordinal, words.life(life.nth));
  CELLS.slice(1).forEach((read, column) => setText(row.cells[column + 1], read(life) ?? '–'));
}
