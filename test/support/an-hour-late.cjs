/** Preloaded into an instance whose clock is an hour slow. */
const now = Date.now;
Date.now = () => now() - 60 * 60 * 1000;
