import type { Dataset } from '../../../shared/datasets/define-dataset.js';

/** Settings of numbers that make no sense: a title, a change to a definition, and the message. */
export const BAD_NUMBERS: readonly (readonly [string, Partial<Dataset>, string])[] = [
  [
    'decimals for a text column',
    { columns: { id: { type: 'text', scale: 2 } } },
    `Dataset "orders": column id is text, so it can't have precision, scale, format or currency.`,
  ],
  [
    'half a decimal',
    { columns: { id: { type: 'numeric', scale: 0.5 } } },
    'Dataset "orders": column id has the scale 0.5; it can be 0 to 30.',
  ],
  [
    'an unknown format of numbers',
    { columns: { id: { type: 'numeric', format: 'roman' as 'number' } } },
    'Dataset "orders": column id has the format "roman"; it can be number, currency, percent.',
  ],
  [
    'a currency without its code',
    { columns: { id: { type: 'numeric', format: 'currency' } } },
    'Dataset "orders": column id needs both format: currency and a currency.',
  ],
  [
    'an unknown currency',
    { columns: { id: { type: 'numeric', format: 'currency', currency: 'Euro' } } },
    'Dataset "orders": column id has the currency "Euro", which isn\'t an ISO 4217 code such as EUR.',
  ],
  [
    'the precision of a column that is not numeric',
    { columns: { id: { type: 'bigint', precision: 12, scale: 0 } } },
    'Dataset "orders": column id is bigint, so it can\'t have a precision: only numeric can.',
  ],
  ...[0, 39, 1.5, Number.NaN].map((precision): (typeof BAD_NUMBERS)[number] => [
    `the precision ${precision}`,
    { columns: { id: { type: 'numeric', precision, scale: 0 } } },
    `Dataset "orders": column id has the precision ${precision}; it can be 1 to 38.`,
  ]),
  [
    'a precision without a scale',
    { columns: { id: { type: 'numeric', precision: 12 } } },
    'Dataset "orders": column id has a precision, but no scale: set it to the number of decimals, which may be 0.',
  ],
  ...[13, -1, 0.5].map((scale): (typeof BAD_NUMBERS)[number] => [
    `the scale ${scale} with the precision 12`,
    { columns: { id: { type: 'numeric', precision: 12, scale } } },
    `Dataset "orders": column id has the precision 12 and the scale ${scale}; the scale can be 0 to 12.`,
  ]),
  [
    'the precision of a computed column that is too large',
    { computed: { sum: { type: 'numeric', precision: 39, scale: 2, from: [], compute: () => 0 } } },
    'Dataset "orders": column sum has the precision 39; it can be 1 to 38.',
  ],
];
