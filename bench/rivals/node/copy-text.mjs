/** Reads COPY's text format: https://www.postgresql.org/docs/18/sql-copy.html#SQL-COPY-FILE-FORMATS */
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';

const CHUNK_BYTES = 256 * 1024;
const ESCAPES = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };

const valueOf = (field) => {
  if (field === '\\N') return null;
  return field.includes('\\') ? field.replace(/\\(.)/gs, (_, letter) => ESCAPES[letter] ?? letter) : field;
};

/** Calls `useRow` with the values of each row: strings, or null. */
async function readRows(path, useRow) {
  let rest = '';
  for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES, encoding: 'utf8' })) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop();
    for (const line of lines) useRow(line.split('\t').map(valueOf));
  }
}

/**
 * Runs a program with arguments `[--parse] INPUT OUTPUT`. With `--parse` it only does what precedes encoding, and
 * writes the number of rows and the sum of their ids to `OUTPUT`.
 * @param open gets `OUTPUT` and returns `{ writeRow, end }`
 * @param parse converts a row's values before they are written
 */
export async function run(open, parse) {
  const args = process.argv.slice(2);
  const onlyParses = args[0] === '--parse';
  const [input, output] = onlyParses ? args.slice(1) : args;
  if (output === undefined) throw new Error('usage: [--parse] INPUT OUTPUT');
  if (onlyParses) {
    let [rows, sum] = [0, 0];
    await readRows(input, (values) => {
      parse(values);
      rows += 1;
      sum += Number(values[0]);
    });
    await writeFile(output, `${rows} ${sum}`);
    return;
  }
  const { writeRow, end } = open(output);
  await readRows(input, (values) => writeRow(parse(values)));
  await end();
}
