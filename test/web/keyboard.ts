import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** More Tab stops than the page has: pressing Tab this often without success means that the focus is trapped. */
const MOST_STOPS = 150;

/** The name of the focused element: its label, or its text. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return '';
  const label = element.labels?.[0];
  return (element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent ?? '').trim();
})()`;

export const focused = (page: Page): Promise<string> => page.evaluate<string>(FOCUSED);

/** Presses Tab until the element with this name has the focus. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const matches = (text: string): boolean => (typeof name === 'string' ? text === name : name.test(text));
  const seen: string[] = [];
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press('Tab');
    const text = await focused(page);
    if (matches(text)) return;
    seen.push(text);
  }
  assert.fail(`Tab does not lead to ${String(name)}; it leads to ${[...new Set(seen)].join(', ')}`);
}
