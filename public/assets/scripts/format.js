/** Numbers, times and names, as people read them in the language of the page. */
import { hourCycle, tag, words } from './words.js';

const MEGABYTE = 1024 * 1024;
const GIGABYTE = 1024 * MEGABYTE;
const NOTHING = '–';
const WIDE = /[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff]/g;

const TENTHS = new Intl.NumberFormat(tag, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat(tag, { maximumFractionDigits: 0 });
const PERCENT = new Intl.NumberFormat(tag, { style: 'percent', minimumFractionDigits: 1 });
const SHORT = new Intl.NumberFormat(tag, { maximumFractionDigits: 2 });
/** The browser may be set to a variant of the language, with other habits of writing times. */
const BROWSER = new Intl.DateTimeFormat().resolvedOptions().locale;
const LOCALE = BROWSER.split('-')[0] === tag ? BROWSER : tag;

const { units } = words;

export function formatNumber(value) {
  if (value === null || value === undefined) return NOTHING;
  return WHOLE.format(value);
}

/** With a tenth as long as it matters, so that the width is about the same from second to second. */
export function formatMeasure(value) {
  if (value === null || value === undefined) return NOTHING;
  return (value < 100 ? TENTHS : WHOLE).format(value);
}

export function formatPercent(share) {
  return share === null || share === undefined ? NOTHING : PERCENT.format(share);
}

export function formatMilliseconds(value) {
  return value === null || value === undefined ? NOTHING : `${formatMeasure(value)} ms`;
}

export function formatBytes(bytes) {
  if (bytes === null || bytes === undefined) return NOTHING;
  const megabytes = bytes / MEGABYTE;
  return megabytes < 1000
    ? `${megabytes.toFixed(1)} MB`
    : `${(megabytes / 1024).toFixed(megabytes < 10_240 ? 2 : 1)} GB`;
}

/** `56 bytes`, `12.5 KB`, then as formatBytes. */
export function formatSize(bytes) {
  if (bytes < 1024) return units.bytes(bytes);
  return bytes < MEGABYTE ? `${(bytes / 1024).toFixed(1)} KB` : formatBytes(bytes);
}

/** `61 of 256 MB`, or `0.06 of 1.5 GB`; without a limit, `61.2 MB`. */
export function formatMemory(used, limit) {
  if (!limit) return formatBytes(used);
  return limit < GIGABYTE
    ? units.of((used / MEGABYTE).toFixed(0), `${SHORT.format(limit / MEGABYTE)} MB`)
    : units.of((used / GIGABYTE).toFixed(2), `${SHORT.format(limit / GIGABYTE)} GB`);
}

/** `0.13 of 0.2`; without a limit, `13 %` of a core. */
export function formatCores(used, limit) {
  if (used === null || used === undefined) return NOTHING;
  if (!limit) return `${WHOLE.format(100 * used)} %`;
  return units.of(used.toFixed(2), SHORT.format(limit));
}

export function formatAddress({ host, port }) {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** As the header X-App-Instance has it. */
export function formatInstance({ index, guid }) {
  return `${index}/${shortGuid(guid)}`;
}

function shortGuid(guid) {
  return guid.slice(0, 8);
}

/** The date goes without saying when it is today's. */
export function formatTime(time) {
  const date = new Date(time);
  const isToday = date.toDateString() === new Date().toDateString();
  return isToday
    ? date.toLocaleTimeString(LOCALE, { timeStyle: 'medium', hourCycle })
    : date.toLocaleString(LOCALE, { dateStyle: 'medium', timeStyle: 'short', hourCycle });
}

export function formatDuration(seconds) {
  if (seconds % 3600 === 0) return units.hours(seconds / 3600);
  return seconds % 60 === 0 ? units.minutes(seconds / 60) : units.seconds(seconds);
}

/** `6 s`, `4 min 12 s`, `2 h 3 min`. */
export function formatSeconds(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return units.seconds(seconds);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${units.minutes(minutes)} ${units.seconds(seconds % 60)}`
    : `${units.hours(Math.floor(minutes / 60))} ${units.minutes(minutes % 60)}`;
}

/** Returns how many Latin letters take as much room as a text. A Korean or Chinese one takes that of two. */
export function lettersOf(text) {
  return text.length + (text.match(WIDE)?.length ?? 0);
}

/** `29:59`, or `11:59:59` for what takes hours. */
export function formatCountdown(milliseconds) {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const tail = `${pad(minutes)}:${pad(seconds % 60)}`;
  return hours > 0 ? `${hours}:${tail}` : tail;
}

function pad(number) {
  return String(number).padStart(2, '0');
}
