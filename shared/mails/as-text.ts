import type { MailContent } from './content.js';

/** The plain-text part: everything that the HTML says, and the link on a line of its own. */
export function asText({ heading, lead, link, facts, notes, footer }: MailContent): string {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const blocks = [
    [heading],
    [lead],
    ...(link === null
      ? []
      : [[`${link.label}:`, link.url], ...(link.until === null ? [] : [[`The link works until ${link.until}.`]])]),
    facts.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`),
    ...notes.map((note) => [`${note.heading}:`, ...note.lines]),
    // What follows this line is a signature, which clients show as one and leave out of answers.
    ['-- ', ...footer],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}
