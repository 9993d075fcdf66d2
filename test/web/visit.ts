import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Locator, Page } from 'playwright-core';
import type { Principal } from '../../api/deps.js';
import { LOCAL_DIR } from '../../dev/stack/stack.js';
import { DEEP } from '../support/depth.js';
import { tokenFor, type World } from './world.js';

const SCREENSHOTS = join(LOCAL_DIR, 'screenshots');
const DESKTOP = { width: 1280, height: 860 };
const PHONES = [
  { width: 390, height: 844 },
  { width: 320, height: 640 },
];
/** Only the colors differ, so the dark scheme is checked only for contrast. */
const SCHEMES = [
  ['dark', { runOnly: ['color-contrast'] }],
  ['light', {}],
] as const;
/** https://web.dev/articles/cls calls 0.1 good. */
const MOST_SHIFT = 0.05;

interface Shift {
  readonly value: number;
  /** The first characters of each element's HTML. */
  readonly moved: readonly string[];
}

/** Runs in the page. Records layout shifts that no user input caused. */
const WATCH_SHIFTS = `
  globalThis.shifts = [];
  new PerformanceObserver((list) => {
    for (const { value, hadRecentInput, sources } of list.getEntries()) {
      const moved = sources.map(({ node }) => node?.outerHTML ?? node?.textContent ?? '?').map((text) => text.slice(0, 80));
      if (!hadRecentInput) globalThis.shifts.push({ value, moved });
    }
  }).observe({ type: 'layout-shift', buffered: true });
  addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective));
`;

/** A user with a browser context, which records everything that goes wrong in it. */
export interface Visit {
  readonly page: Page;
  /** Checks accessibility and phone widths of what is shown now. Deep tests also save screenshots. */
  readonly look: (name: string) => Promise<void>;
  /**
   * Closes the browser. Fails if the layout shifted or the console has messages.
   * @param expected console messages of requests that are meant to fail
   */
  readonly end: (expected?: RegExp) => Promise<void>;
}

/**
 * Opens the page.
 * @param address path and fragment of the page
 * @param origin default: the service itself
 */
export async function visit({ browser, service }: World, address: string, origin = service.url): Promise<Visit> {
  const context = await browser.newContext({ viewport: DESKTOP, timezoneId: 'Europe/Berlin', acceptDownloads: true });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.addInitScript(WATCH_SHIFTS);
  await page.goto(origin + address);
  await mkdir(SCREENSHOTS, { recursive: true });

  return {
    page,
    async look(name) {
      await page.evaluate(axe.source);
      for (const [colorScheme, rules] of SCHEMES) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        const { violations } = await page.evaluate<AxeResults>(`axe.run(${JSON.stringify(rules)})`);
        const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
        assert.deepEqual(found, [], `${name}, ${colorScheme}`);
        if (DEEP) await page.screenshot({ path: join(SCREENSHOTS, `${name}-${colorScheme}.png`) });
      }
      for (const phone of PHONES) {
        await page.setViewportSize(phone);
        const wide = await page.evaluate<number>('document.documentElement.scrollWidth');
        assert.ok(wide <= phone.width, `${name}: ${wide} px on a phone of ${phone.width}`);
      }
      if (DEEP) await page.screenshot({ path: join(SCREENSHOTS, `${name}-phone.png`), fullPage: true });
      await page.setViewportSize(DESKTOP);
    },
    async end(expected) {
      const shifts = await page.evaluate<readonly Shift[]>('globalThis.shifts');
      await context.close();
      const sum = shifts.reduce((total, { value }) => total + value, 0);
      assert.ok(sum < MOST_SHIFT, `layout shift ${sum}: ${JSON.stringify(shifts, null, 2)}`);
      const surprising = complaints.filter((complaint) => expected?.test(complaint) !== true);
      assert.deepEqual(surprising, []);
    },
  };
}

/** Opens the page with a token in the address, like the link that the local stack prints. */
export const visitAs = async (world: World, as: Principal, ttlSeconds?: number): Promise<Visit> =>
  visit(world, `/#token=${await tokenFor(as, ttlSeconds)}`);

/** The exports in the list, newest first. */
export const exportsOn = (page: Page): Locator =>
  page.getByRole('region', { name: 'Your exports' }).getByRole('listitem');
export const newest = (page: Page): Locator => exportsOn(page).first();

/** Chooses a dataset by typing the beginning of its title. A selection by script doesn't count as user input. */
export async function choose(page: Page, title: string): Promise<void> {
  await page.getByLabel('Data').focus();
  await page.keyboard.type(title);
}
