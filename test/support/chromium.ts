/** Finds Chromium, as the lab does. */
export { findChromium } from '../../src/lab/picture/chromium.ts';
