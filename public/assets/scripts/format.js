/** Numbers, times and names, as people read them. */

const MEGABYTE = 1024 * 1024;
const GIGABYTE = 1024 * MEGABYTE;
const NOTHING = '–';

const TENTHS = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const PERCENT = new Intl.NumberFormat('en', { style: 'percent', minimumFractionDigits: 1 });
const SHORT = new Intl.NumberFormat('en', { maximumFractionDigits: 2 });
const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' });

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
  if (bytes < 1024) return `${WHOLE.format(bytes)} ${bytes === 1 ? 'byte' : 'bytes'}`;
  return bytes < MEGABYTE ? `${(bytes / 1024).toFixed(1)} KB` : formatBytes(bytes);
}

/** `61 of 256 MB`, or `0.06 of 1.5 GB`; without a limit, `61.2 MB`. */
export function formatMemory(used, limit) {
  if (!limit) return formatBytes(used);
  return limit < GIGABYTE
    ? `${(used / MEGABYTE).toFixed(0)} of ${SHORT.format(limit / MEGABYTE)} MB`
    : `${(used / GIGABYTE).toFixed(2)} of ${SHORT.format(limit / GIGABYTE)} GB`;
}

/** `0.13 of 0.2`; without a limit, `13 %` of a core. */
export function formatCores(used, limit) {
  if (used === null || used === undefined) return NOTHING;
  if (!limit) return `${WHOLE.format(100 * used)} %`;
  return `${used.toFixed(2)} of ${SHORT.format(limit)}`;
}

export function formatList(texts) {
  return LIST.format(texts);
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
    ? date.toLocaleTimeString()
    : date.toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}

export function formatDuration(seconds) {
  if (seconds % 3600 === 0) return `${seconds / 3600} h`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

/** `6 s`, `4 min 12 s`, `2 h 3 min`. */
export function formatSeconds(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${seconds % 60} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
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
