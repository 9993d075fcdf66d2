import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** docs/errors.md: its headings of the third level are sentences, with `{…}` for what differs. */
export const ERRORS_PAGE = readFileSync(fileURLToPath(new URL('../../docs/errors.md', import.meta.url)), 'utf8');

/** Every documented sentence, as written there. */
export const DOCUMENTED: readonly string[] = [...ERRORS_PAGE.matchAll(/^### (.+)$/gm)].map(
  ([, heading = '']) => heading,
);

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function patternOf(heading: string): RegExp {
  const parts = heading.split(/\{[^}]*\}/).map(escape);
  return new RegExp(`^${parts.join('[^]+')}$`);
}

/** Sentences of the page that a test has met. */
export const provoked = new Set<string>();

/**
 * A sentence that an operator has met stands in docs/errors.md.
 * @returns its heading
 */
export function assertDocumented(sentence: string): string {
  const fitting = DOCUMENTED.filter((heading) => patternOf(heading).test(sentence));
  // A short pattern may fit a long sentence, too: the one that says the most of it is meant.
  const [heading] = fitting.sort((a, b) => b.replace(/\{[^}]*\}/g, '').length - a.replace(/\{[^}]*\}/g, '').length);
  assert.ok(heading !== undefined, `docs/errors.md does not have: ${sentence}`);
  provoked.add(heading);
  return heading;
}
