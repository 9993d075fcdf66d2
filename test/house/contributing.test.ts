import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** One file's part of a diff in docs/contributing.md. */
interface Patch {
  readonly file: string;
  /** Whether the change creates the file. */
  readonly creates: boolean;
  readonly lines: readonly string[];
}

function readPatches(): Patch[] {
  const text = readFileSync(root('docs/contributing.md'), 'utf8');
  return [...text.matchAll(/```diff\n(.*?)```/gs)].flatMap(([, diff = '']) =>
    diff
      .split(/^(?=\+\+\+ b\/|--- a\/)/m)
      .filter((patch) => patch !== '')
      .map((patch) => {
        const [heading = '', ...lines] = patch.trimEnd().split('\n');
        return { file: heading.slice('+++ b/'.length), creates: heading.startsWith('+++'), lines };
      }),
  );
}

/** The first line that doesn't follow the others in the file. */
function firstMissing(file: string, lines: readonly string[]): string | undefined {
  const found = readFileSync(root(file), 'utf8').split('\n');
  let from = 0;
  return lines.find((line) => (from = found.indexOf(line, from) + 1) === 0);
}

/** The lines of a file before the change, or after it. */
const linesWith = ({ lines }: Patch, sign: '+' | '-'): string[] =>
  lines.filter((line) => line.startsWith(sign) || line.startsWith(' ')).map((line) => line.slice(1));

describe('the diffs of docs/contributing.md', () => {
  const patches = readPatches();

  it('match the files as they are, before the change or after it', () => {
    const wrong = patches.flatMap((patch) => {
      const { file, creates } = patch;
      if (!existsSync(root(file))) return creates ? [] : [`${file} does not exist`];
      const after = firstMissing(file, linesWith(patch, '+'));
      if (after === undefined) return [];
      const before = creates ? after : firstMissing(file, linesWith(patch, '-'));
      return before === undefined ? [] : [`${file}: ${after}`];
    });
    assert.deepEqual(wrong, []);
  });

  it('add only one line and its import to a list of datasets, formats or routes', () => {
    const changed = patches.filter(({ creates }) => !creates);
    assert.ok(patches.length >= 9 && changed.length >= 5, 'the diffs were read');
    for (const { file, lines } of changed.filter(({ file }) => file.endsWith('/index.ts'))) {
      const added = lines.filter((line) => line.startsWith('+') && !line.startsWith('+import '));
      assert.equal(added.length, 1, file);
    }
  });
});
