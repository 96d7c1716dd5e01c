/** The operator's page in a real browser, and what people do on it. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { OPERATOR_PASSWORD } from '../support/operator.ts';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

export type Room = Awaited<ReturnType<typeof openRoom>>;

/** Opens a page of an app, with cookies of its own. Nobody is signed in. */
export async function openRoom(browser: Browser, { port }: { port: number }) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(10_000);
  /** What the console shows in red, violations of the Content-Security-Policy among it. */
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));

  return { page, visit, open, signIn, press, fill, see, inDialog, findBarriers, takeComplaints };

  async function visit(section: string, query = ''): Promise<void> {
    // By a page without scripts, as another section alone would load nothing
    await page.goto(`http://127.0.0.1:${port}/session/sign-in`);
    await page.goto(`http://127.0.0.1:${port}/operator/${query}#${section}`);
    await page.locator('h2').first().waitFor();
  }

  /** Shows a section as a link within the page does, also the one that is shown already. */
  async function open(section: string): Promise<void> {
    await page.evaluate(`new Promise((resolve) => {
      const hash = ${JSON.stringify(`#${section}`)};
      addEventListener('hashchange', resolve, { once: true });
      if (location.hash === hash) dispatchEvent(new Event('hashchange'));
      else location.hash = hash;
    })`);
    await page.locator('h2').first().waitFor();
  }

  async function signIn(password = OPERATOR_PASSWORD): Promise<void> {
    await page.getByLabel('Operator password').fill(password);
    await page.keyboard.press('Enter');
  }

  function press(name: string): Promise<void> {
    return page.getByRole('button', { name, exact: true }).click();
  }

  function fill(name: string, text: string): Promise<void> {
    return page.getByRole('textbox', { name, exact: true }).fill(text);
  }

  function see(text: string | RegExp): Promise<void> {
    return page.getByText(text).first().waitFor();
  }

  function inDialog(label: string) {
    return page.getByRole('dialog').getByLabel(label, { exact: true });
  }

  /** What keeps people from using the page, as far as axe can tell. */
  async function findBarriers(): Promise<unknown> {
    if (!(await page.evaluate("'axe' in window"))) await page.evaluate(AXE);
    return page.evaluate(`axe.run().then(({ violations }) => violations.map(
      ({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join(' '),
    ))`);
  }

  /** Returns them once; without those that Chromium notes by itself for answers with these statuses. */
  function takeComplaints(...statuses: number[]): string[] {
    const tolerated = new RegExp(`status of (${statuses.join('|')})`);
    return complaints.splice(0).filter((text) => !tolerated.test(text));
  }
}
