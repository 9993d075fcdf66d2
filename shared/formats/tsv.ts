import { z } from 'zod';
import { compression, timezone } from './common-options.js';
import { copyTextField, copyTextLane, copyTextSql } from './copy-text.js';
import { NOTHING, passThrough, type Format } from './format.js';

/** Tab-separated values as PostgreSQL, ClickHouse and MySQL load them: no quotes, `\t` and `\n` in values, `\N` for null. */

const options = z.strictObject({
  timezone,
  compression,
  header: z.boolean({ error: 'must be true or false' }).default(true).describe('Begin with the names of the columns'),
});

const renderColumn = () => (quoted: string) => quoted;

export const tsv: Format = {
  name: 'TSV',
  extension: 'tsv',
  mediaType: 'text/tab-separated-values; charset=utf-8',
  encoderVersion: 2,
  inBundles: true,
  options,
  renderColumn,
  copySql: copyTextSql,
  rows: copyTextLane(renderColumn),
  head: ({ columns, options: { header } }) =>
    header === false ? NOTHING : Buffer.from(`${columns.map(({ name }) => copyTextField(name)).join('\t')}\n`),
  createEncoder: () => passThrough,
  tail: () => NOTHING,
};
