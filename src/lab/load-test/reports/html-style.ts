/** The style sheet of a load test's report: for screens, phones and paper. */
import { DARK, declareColors, LIGHT } from '../../report/colors.ts';

export const STYLE = `
:root {
color-scheme: light dark;
${declareColors(LIGHT)}
}
@media screen and (prefers-color-scheme: dark) {
:root {
${declareColors(DARK)}
}
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2rem 1.25rem 4rem; max-width: 72rem;
  background: var(--card); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif;
}
h1 { margin: 0; font-size: 1.1rem; font-weight: 600; color: var(--pencil); overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 0.75rem; font-size: 1.25rem; }
.verdict {
  margin: 0.75rem 0 1.5rem; padding-left: 1rem; border-left: 0.4rem solid;
  font-size: clamp(1.5rem, 4vw, 2.25rem); font-weight: 700; line-height: 1.2; text-wrap: balance;
}
.good { color: var(--green); }
.bad { color: var(--red); font-weight: 700; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 0.75rem 1.5rem; margin: 0; }
dt { font-size: 0.85rem; color: var(--pencil); }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.35rem 0.6rem; text-align: right; vertical-align: top; white-space: nowrap; }
th:first-child, td:last-child, thead th:last-child { text-align: left; }
thead th { color: var(--pencil); font-weight: 600; vertical-align: bottom; }
tbody tr:first-child, tfoot tr { border-top: 1px solid var(--pencil); font-weight: 700; }
tbody tr:not(:first-child) th { padding-left: 1.5rem; font-weight: 400; }
figure { margin: 2.5rem 0 0; }
figcaption { margin-bottom: 1rem; }
figcaption strong { display: block; font-size: 1.25rem; }
svg { display: block; width: 100%; height: auto; }
.narrow { display: none; }
@media screen and (max-width: 38rem) {
  body { padding: 1.25rem 1rem 3rem; }
  dl { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
  .wide { display: none; }
  .narrow { display: block; }
  .scroll th:first-child { position: sticky; left: 0; background: var(--card); }
}
@media print {
  body { padding: 0; max-width: none; }
  figure, tbody { break-inside: avoid; }
  .scroll { overflow: visible; }
  table { font-size: 0.7rem; }
  th, td { padding: 0.2rem 0.3rem; }
  thead th { white-space: normal; }
}
`.trim();
