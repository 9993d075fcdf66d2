import { QUIRKS, type Quirk } from './quirks.js';
import type { ReaderName } from './readers.js';
import type { Cell, Workbook } from './workbook.js';

export interface Comparison {
  /** At most twelve cells that the reader shows differently, and that no quirk explains. */
  readonly differences: string[];
  readonly quirks: ReadonlySet<Quirk>;
}

const SHOWN = 12;
const SHOWN_CHARACTERS = 120;

/** Compares what a reader shows with the expected cells, allowing for that reader's quirks in quirks.ts. */
export function compare(reader: ReaderName, expected: Workbook, actual: Workbook): Comparison {
  const known = QUIRKS.filter(({ readers }) => readers.includes(reader));
  const quirks = new Set<Quirk>();
  const differences: string[] = [];
  const [wantedNames, shownNames] = [expected, actual].map(({ sheets }) => sheets.map(({ name }) => name).join());
  if (wantedNames !== shownNames) differences.push(`sheets ${shownNames}, not ${wantedNames}`);
  for (const [index, { name, rows }] of expected.sheets.entries()) {
    const shownRows = actual.sheets[index]?.rows ?? [];
    if (shownRows.length !== rows.length) differences.push(`${name}: ${shownRows.length} rows, not ${rows.length}`);
    for (const [row, cells] of rows.entries()) {
      const shownCells = shownRows[row] ?? [];
      for (let column = 0; column < Math.max(cells.length, shownCells.length); column++) {
        const wanted = cells[column] ?? null;
        const shown = shownCells[column] ?? null;
        if (same(wanted, shown)) continue;
        const quirk = known.find(({ explains }) => explains(wanted, shown, rows[1]?.[column] ?? null));
        if (quirk !== undefined) quirks.add(quirk);
        else differences.push(`${name}, row ${row + 1}, column ${column + 1}: ${say(shown)}, not ${say(wanted)}`);
      }
    }
  }
  return { differences: differences.slice(0, SHOWN), quirks };
}

/** Most readers can't tell empty text from null, and Excel has no negative zero. */
function same(wanted: Cell, shown: Cell): boolean {
  const [left, right] = [wanted, shown].map((cell) => (cell?.value === '' ? null : cell));
  return left?.kind === right?.kind && left?.value === right?.value;
}

function say(cell: Cell): string {
  if (cell === null) return 'nothing';
  const value = JSON.stringify(cell.value);
  const cut = value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}… (${value.length})` : value;
  return `${cell.kind} ${cut}`;
}
