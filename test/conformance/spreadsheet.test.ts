import assert from 'node:assert/strict';
import { defineDataset } from '../../shared/datasets/index.js';
import { exportFile } from '../export-csv/compare.js';
import { queryRows } from '../support/database.js';
import { describeDeeply } from '../support/depth.js';
import { closeCleanly } from '../support/leak-guard.js';
import { needProgram, orSkip } from '../support/or-skip.js';
import { startService, someUser, type TestService } from '../support/service.js';
import { savedFile } from './contents.js';
import { openedByLibreOffice } from './libreoffice.js';
import { number, text, time, type Cell } from './xlsx/workbook.js';

const bills = defineDataset({
  name: 'bills',
  title: 'Bills',
  table: 'bills',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'integer' },
    name: { type: 'text' },
    total: { type: 'numeric' },
    placed_at: { type: 'timestamptz' },
    due: { type: 'date' },
  },
});

/** The cells of a CSV file that LibreOffice opens as a spreadsheet on a German desktop. */
async function openedInGerman(bytes: Buffer): Promise<Cell[][]> {
  const [semicolon, quote, utf8, german] = [59, 34, 76, 1031];
  const filter = `--infilter=Text - txt - csv (StarCalc):${semicolon},${quote},${utf8},1,,${german},false,true`;
  const { sheets } = await openedByLibreOffice(await savedFile(bytes, 'csv'), [filter]);
  return sheets[0]?.rows ?? [];
}

function row(id: number, name: string, total: number, placedAt: string, due: string | null): Cell[] {
  const cells = [number(id), text(name), number(total), time(`${placedAt}.000`)];
  return due === null ? cells : [...cells, time(`${due}T00:00:00.000`)];
}

describeDeeply('a CSV with the preset for Excel', function () {
  this.timeout(120_000);
  let service: TestService | undefined;
  const me = someUser();

  before(async function () {
    await orSkip(this, () => needProgram('soffice'));
    service = await startService({ orders: 100, datasets: [bills] });
    await service.startWorker();
    await queryRows(
      service.databaseUrl,
      `CREATE TABLE bills (id int PRIMARY KEY, tenant_id uuid, name text, total numeric, placed_at timestamptz, due date);
       INSERT INTO bills SELECT row.id, '${me.tenantId}', row.name, row.total, row.placed_at, row.due FROM (VALUES
         (1, 'Müller & Söhne', 1234567.89, timestamptz '2026-03-29 00:30:00+00', date '2026-04-01'),
         (2, 'semicolons; "quotes", commas', -5.2, '2026-10-25 00:30:00+00', '2024-02-29'),
         (3, E'two\\nlines', 0.05, '2026-01-01 00:00:00+00', '1999-12-31'),
         (4, '=1+1', 100, '2026-06-30 21:59:59+00', NULL)) AS row (id, name, total, placed_at, due)`,
    );
  });
  after(async () => {
    if (service !== undefined) await closeCleanly(service);
  });

  it('opens in LibreOffice on a German desktop, with numbers and times where the table has them', async () => {
    const body = { type: 'bills', options: { preset: 'excel', timezone: 'Europe/Berlin' } };
    assert.ok(service !== undefined);
    const { bytes } = await exportFile(service, me, body);
    assert.deepEqual(await openedInGerman(bytes), [
      ['id', 'name', 'total', 'placed_at', 'due'].map(text),
      row(1, 'Müller & Söhne', 1234567.89, '2026-03-29T01:30:00', '2026-04-01'),
      row(2, 'semicolons; "quotes", commas', -5.2, '2026-10-25T02:30:00', '2024-02-29'),
      row(3, 'two\nlines', 0.05, '2026-01-01T01:00:00', '1999-12-31'),
      row(4, "'=1+1", 100, '2026-06-30T23:59:59', null),
    ]);
  });
});
