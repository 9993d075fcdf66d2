import type { MailContent } from './content.js';

/** The plain-text part: the same content as the HTML, with the link on a line of its own. */
export function asText({ heading, lead, link, facts, notes, footer }: MailContent): string {
  const width = Math.max(...facts.map(([name]) => name.length)) + 2;
  const blocks = [
    [heading],
    [lead],
    ...(link === null ? [] : linkBlocks(link)),
    ...notes.map((note) => [`${note.heading}:`, ...note.lines]),
    facts.map(([name, value]) => `${`${name}:`.padEnd(width)}${value}`),
    // The signature separator: mail clients leave out what follows when they quote the mail in a reply.
    ['-- ', ...footer],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

const linkBlocks = ({ label, url, until, care }: NonNullable<MailContent['link']>): string[][] => [
  [`${label}:`, url],
  [...(until === null ? [] : [`The link works until ${until}.`]), care],
];
