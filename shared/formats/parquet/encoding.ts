import type { RenderColumn } from '../../datasets/query.js';
import type { Encoding, FileOutline, WrittenSegment } from '../encoding.js';
import { textIn, totalOf } from '../sums.js';
import { renderField } from './binary-row-fields.js';
import { tupleRowLane } from './binary-row-writer.js';
import { ParquetEncoder } from './encoder.js';
import { footerOf, MAGIC } from './footer.js';
import { createLayout, parquetLayout, type ParquetLayout } from './layout.js';
import { columnLimits } from './limits.js';
import { keyValues } from './metadata.js';
import { parquetSettings } from './options.js';
import { parquetPosition, parquetPositions, type ParquetPosition } from './positions.js';
import type { ParquetColumn } from './schema.js';

/**
 * Apache Parquet (https://parquet.apache.org/docs/file-format/): `PAR1`, row groups, and a footer that says where they
 * are. A segment is one or more row groups; the finish computes the footer from the segments' summaries.
 */

const copySql = (select: string): string => `COPY (${select}) TO STDOUT (FORMAT binary)`;

const columnsOf = ({ columns, layout }: FileOutline<ParquetLayout>): ParquetColumn[] =>
  columns.flatMap(({ key }, index) => {
    const type = layout.types[index];
    return type === undefined ? [] : [{ name: key, type }];
  });

function tail(outline: FileOutline<ParquetLayout>, segments: readonly WrittenSegment<ParquetPosition>[]): Buffer {
  const facts = {
    columns: columnsOf(outline),
    order: outline.layout.order,
    codec: parquetSettings(outline.options).compression,
    createdBy: `export-service version ${outline.layout.serviceVersion}`,
    metadata: keyValues(outline),
    hasPageIndex: segments.every(({ position }) => position.own.hasPageIndex),
  };
  return footerOf(
    facts,
    segments.map(({ summary }) => textIn(summary, 'groups')),
  );
}

export const parquetEncoding: Encoding<ParquetLayout, ParquetPosition> = {
  encoderVersion: 3,
  lane: 'binary',
  renderColumn: (): RenderColumn => renderField,
  copySql,
  rows: tupleRowLane,
  layout: (_sample, outline, _resources, rows) => createLayout(outline, rows),
  layoutSchema: parquetLayout,
  positions: ({ columns, options }, segments, _withHeadroom, size) =>
    parquetPositions(
      {
        columns: columns.length,
        requested: parquetSettings(options).row_group_rows,
        rowBytes: size?.plainBytes,
        pageRows: columnLimits(columns.length).pageRows,
      },
      segments,
    ),
  positionSchema: parquetPosition,
  head: () => MAGIC,
  createEncoder: (position, { layout, options }) =>
    new ParquetEncoder(layout.types, parquetSettings(options).compression, position),
  tail,
  warnings(segments) {
    const count = totalOf(segments, 'lost');
    const values = count === 1 ? '1 value is' : `${count.toLocaleString('en-US')} values are`;
    const message = `${values} null because Parquet can't represent them (such as infinite dates).`;
    return count === 0 ? [] : [{ code: 'PARQUET_VALUES_LOST', message, count }];
  },
};
