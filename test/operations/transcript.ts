/** A command that a page shows, and what the page says that it answers. */
export interface Command {
  /** The heading that it stands under. */
  readonly section: string;
  readonly line: string;
  readonly output: string;
}

/** The commands of a page's console blocks, in its order. */
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

/** The ids of a page, and those of the test that stand for them. */
export type Ids = Map<string, string>;

export const withIds = (text: string, ids: Ids): string => text.replace(new RegExp(ID, 'g'), (id) => ids.get(id) ?? id);

/**
 * Whether an answer is the one that the page shows: every word of it, in its place. Times, numbers, spaces and what
 * stands for `…` vary. An id that the page has not named before is learned: it stands for the answer's from then on.
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
