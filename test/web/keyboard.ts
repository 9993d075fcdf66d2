import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** More stops than the page has: whoever needs them is caught somewhere. */
const MOST_STOPS = 150;

/** What has the focus, as a person would name it: its label, or what stands on it. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (element === null || element === document.body) return '';
  const label = element.labels?.[0];
  return (element.getAttribute('aria-label') ?? label?.textContent ?? element.textContent ?? '').trim();
})()`;

export const focused = (page: Page): Promise<string> => page.evaluate<string>(FOCUSED);

/** Goes to what is called so, with nothing but the Tab key. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const isIt = (text: string): boolean => (typeof name === 'string' ? text === name : name.test(text));
  const met: string[] = [];
  for (let stops = 0; stops < MOST_STOPS; stops++) {
    await page.keyboard.press('Tab');
    const text = await focused(page);
    if (isIt(text)) return;
    met.push(text);
  }
  assert.fail(`Tab does not lead to ${String(name)}; it leads to ${[...new Set(met)].join(', ')}`);
}
