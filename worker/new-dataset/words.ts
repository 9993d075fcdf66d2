/** Words that people write in capitals. */
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

/** A name for people: `customer_id` and `customerId` are `Customer ID`. */
export function labelOf(name: string): string {
  const label = wordsOf(name).map(written).join(' ');
  return label === '' ? name : `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
}

/** A dataset's name: lower case letters, digits and underscores, letters first. */
export function datasetNameOf(table: string): string {
  const plain = wordsOf(table.normalize('NFKD').replace(/\p{M}/gu, ''))
    .join('_')
    // In upper case first: ß is two letters there.
    .toUpperCase()
    .toLowerCase()
    .replace(/[^a-z0-9_]+/g, '');
  return (/^[a-z]/.test(plain) ? plain : `table_${plain}`).slice(0, 63).replace(/_+$/, '');
}
