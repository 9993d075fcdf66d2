import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** docs/errors.md: its third-level headings are error messages, with `{…}` for the variable parts. */
export const ERRORS_PAGE = readFileSync(fileURLToPath(new URL('../../docs/errors.md', import.meta.url)), 'utf8');

/** Every documented message, as written there. */
export const DOCUMENTED: readonly string[] = [...ERRORS_PAGE.matchAll(/^### (.+)$/gm)].map(
  ([, heading = '']) => heading,
);

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

function patternOf(heading: string): RegExp {
  const parts = heading.split(/\{[^}]*\}/).map(escape);
  return new RegExp(`^${parts.join('[^]+')}$`);
}

/** Documented messages that a test has provoked. */
export const provoked = new Set<string>();

/**
 * Asserts that docs/errors.md documents a message that an operator has seen.
 * @returns its heading
 */
export function assertDocumented(sentence: string): string {
  const fitting = DOCUMENTED.filter((heading) => patternOf(heading).test(sentence));
  // A short pattern may also match a long message, so prefer the most specific one.
  const [heading] = fitting.sort((a, b) => b.replace(/\{[^}]*\}/g, '').length - a.replace(/\{[^}]*\}/g, '').length);
  assert.ok(heading !== undefined, `docs/errors.md does not have: ${sentence}`);
  provoked.add(heading);
  return heading;
}
