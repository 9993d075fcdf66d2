/** Words that are written in capitals, such as `ID`; `ids` becomes `IDs`. */
const CAPITALS = new Set(
  'api bic csv ean eur gbp gps gtin html http https iban id ip isbn json pdf sku sms ssn sso ui uri url usd utc uuid vat vin vip xml zip'.split(
    ' ',
  ),
);

const wordsOf = (name: string): string[] =>
  name
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    // The last letter of `URLPath` in capitals begins the next word; `IDs` is one word.
    .replace(/(\p{Lu})(\p{Lu}\p{Ll}{2})/gu, '$1 $2')
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '');

function written(word: string): string {
  const lower = word.toLowerCase();
  if (CAPITALS.has(lower)) return word.toUpperCase();
  if (lower.endsWith('s') && CAPITALS.has(lower.slice(0, -1))) return `${word.slice(0, -1).toUpperCase()}s`;
  return word === word.toUpperCase() && word.length > 1 ? word : word.toLowerCase();
}

/** A readable label: `customer_id` and `customerId` become `Customer ID`. */
export function labelOf(name: string): string {
  const label = wordsOf(name).map(written).join(' ');
  return label === '' ? name : `${label.charAt(0).toUpperCase()}${label.slice(1)}`;
}

/** Whether a column has the name, also if it is written in another way: `userId` and `UserID` are `user_id`. */
export const isNamed = (column: string, name: string): boolean => wordsOf(column).join('_').toLowerCase() === name;

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
