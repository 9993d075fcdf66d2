/** Words that are written in capitals. */
const CAPITALS = new Set(['id', 'ip', 'sku', 'uri', 'url', 'uuid', 'vat', 'vip']);

const wordsOf = (name: string): string[] =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '');

function written(word: string): string {
  if (CAPITALS.has(word.toLowerCase())) return word.toUpperCase();
  return word === word.toUpperCase() && word.length > 1 ? word : word.toLowerCase();
}

/** A readable label: `customer_id` and `customerId` become `Customer ID`. */
export function labelOf(name: string): string {
  const label = wordsOf(name).map(written).join(' ');
  return label === '' ? name : `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
}

/** A valid dataset name: lowercase letters, digits and underscores, starting with a letter. */
export function datasetNameOf(table: string): string {
  const plain = wordsOf(table.normalize('NFKD').replace(/\p{M}/gu, ''))
    .join('_')
    // Upper case first, because that turns ß into two letters.
    .toUpperCase()
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '');
  return (/^[a-z]/.test(plain) ? plain : `table_${plain}`).slice(0, 63).replace(/_+$/, '');
}
