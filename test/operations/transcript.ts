/** A command shown on a page, and the output that the page shows for it. */
export interface Command {
  /** The heading above it. */
  readonly section: string;
  readonly line: string;
  readonly output: string;
}

/** The commands in a page's console blocks, in order. */
export function commandsIn(page: string): Command[] {
  return page.split(/^## /m).flatMap((text) => {
    const [section = ''] = text.split('\n', 1);
    return [...text.matchAll(/^```console\n([^]*?)^```/gm)].flatMap(([, block = '']) => {
      const commands = block.split(/^\$ /m).slice(1);
      return commands.map((command) => {
        const [line = '', ...output] = command.trimEnd().split('\n');
        return { section, line, output: output.join('\n') };
      });
    });
  });
}

const ID = /[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}/;
const TIME = /\d+ \w+ ago|\bnow\b/;
const VARYING = new RegExp(`(${[ID, TIME, /\d+/, /…/, /\s+/].map(({ source }) => source).join('|')})`);

/** Maps the ids on a page to the test's ids. */
export type Ids = Map<string, string>;

export const withIds = (text: string, ids: Ids): string => text.replace(new RegExp(ID, 'g'), (id) => ids.get(id) ?? id);

/**
 * Whether an output matches the one on the page: every word in place. Times, numbers, spaces and whatever `…` stands
 * for may vary. An id seen for the first time on the page is mapped to the id in the output from then on.
 */
export function fits({ output }: Command, answer: string, ids: Ids): boolean {
  const learned: string[] = [];
  const pattern = output
    .trim()
    .split(VARYING)
    .map((part) => {
      if (part === '…') return '[^]*';
      if (/^\s+$/.test(part)) return '\\s+';
      if (ID.test(part) && !ids.has(part)) return learned.push(part) && `(${ID.source})`;
      if (TIME.test(part)) return `(?:${TIME.source})`;
      return /^\d+$/.test(part) ? '\\d+' : (ids.get(part) ?? part).replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
    });
  const found = new RegExp(`^\\s*${pattern.join('')}\\s*$`).exec(answer);
  for (const [index, id] of learned.entries()) if (found?.[index + 1]) ids.set(id, found[index + 1] ?? '');
  return found !== null;
}
