import type { ColumnRights } from '../../../shared/datasets/column-types.js';
import type { Dataset } from '../../../shared/datasets/define-dataset.js';
import { BAD_NUMBERS } from './bad-numbers.js';

export const GOOD_DEFINITION: Dataset = {
  name: 'orders',
  title: 'Orders',
  table: 'orders',
  key: ['id'],
  tenantColumn: 'tenant_id',
  columns: {
    id: { type: 'bigint' },
    status: { type: 'text' },
    data: { type: 'jsonb' },
    tags: { type: 'other' },
    age: { type: 'integer' },
  },
};

/** A definition whose column `status` has these settings. */
const withStatus = (rights: ColumnRights, change: Partial<Dataset> = {}): Partial<Dataset> => ({
  ...change,
  columns: { ...GOOD_DEFINITION.columns, status: { type: 'text', ...rights } },
});
const MAY = "current_setting('app.user_id') = 'ana'";

export const BAD_DEFINITIONS: readonly (readonly [string, Partial<Dataset>, string])[] = [
  [
    'a name in capitals',
    { name: 'Orders' },
    'Dataset "Orders": its name must be lowercase letters, digits and underscores, starting with a letter.',
  ],
  ['the name of account exports', { name: 'account' }, 'Dataset "account": this name is reserved for account exports.'],
  [
    'the name of their manifest',
    { name: 'manifest', userColumn: 'user_id' },
    'Dataset "manifest": a dataset with a userColumn can\'t have this name: its file would replace the manifest of account exports.',
  ],
  ['no key', { key: [] }, 'Dataset "orders": it has no key.'],
  ['a column twice in its key', { key: ['id', 'id'] }, 'Dataset "orders": its key lists a column twice.'],
  ...['Or\nders', 'Or\u0001ders', 'Or\u2028ders', 'Or\ufffeders', 'Or\ud800ders'].flatMap(
    (text): (typeof BAD_DEFINITIONS)[number][] => [
      [
        `a title such as ${JSON.stringify(text)}`,
        { title: text },
        'Dataset "orders": its title has a line break or another control character.',
      ],
      [
        `a label such as ${JSON.stringify(text)}`,
        { columns: { id: { type: 'bigint', label: text } } },
        'Dataset "orders": the label of column id has a line break or another control character.',
      ],
    ],
  ),
  [
    'a label of a computed column with a control character',
    { computed: { loud: { type: 'text', label: 'a\tb', from: [], compute: () => '' } } },
    'Dataset "orders": the label of column loud has a line break or another control character.',
  ],
  [
    'a description with a line break',
    { columns: { id: { type: 'bigint', description: 'a\nb' } } },
    'Dataset "orders": the description of column id has a line break or another control character.',
  ],
  [
    'only hidden columns',
    { columns: { id: { type: 'bigint', hidden: true } } },
    'Dataset "orders": all its columns are hidden.',
  ],
  ...BAD_NUMBERS,
  ['no columns', { columns: {} }, 'Dataset "orders": it has no columns.'],
  [
    'a column of an unknown type',
    { columns: { id: { type: 'money' as 'text' } } },
    'Dataset "orders": column id has the unknown type "money".',
  ],
  [
    'a computed column that is in the table',
    { computed: { status: { type: 'text', from: [], compute: () => '' } } },
    'Dataset "orders": column status is both in the table and computed.',
  ],
  [
    'a computed column of a type that none can have',
    { computed: { at: { type: 'timestamptz' as 'text', from: [], compute: () => '' } } },
    'Dataset "orders": computed column at has the type "timestamptz"; it can be integer, bigint, numeric, double precision, boolean, text, date, jsonb.',
  ],
  [
    'a computed column made from one that it does not have',
    { computed: { loud: { type: 'text', from: ['name'], compute: () => '' } } },
    'Dataset "orders": computed column loud uses column name, which the dataset doesn\'t have.',
  ],
  [
    'a filter on a column that it does not have',
    { filters: { color: { kind: 'equals', column: 'color' } } },
    'Dataset "orders": filter color uses column color, which the dataset doesn\'t have.',
  ],
  [
    'a filter on a column that every object has',
    { filters: { color: { kind: 'equals', column: 'constructor' } } },
    'Dataset "orders": filter color uses column constructor, which the dataset doesn\'t have.',
  ],
  [
    'a date range over text',
    { filters: { when: { kind: 'date_range', column: 'status' } } },
    'Dataset "orders": filter when is a date_range, but column status is text.',
  ],
  ['a sort listed twice', { sorts: ['age', 'age'] }, 'Dataset "orders": its sorts list a column twice.'],
  [
    'a sort by a column that it does not have',
    { sorts: ['constructor'] },
    'Dataset "orders": it sorts by constructor, which is not a column of its table.',
  ],
  [
    'a sort by JSON',
    { sorts: ['data'] },
    'Dataset "orders": it can\'t sort by column data, because its type is jsonb.',
  ],
  [
    'a sort by a column whose name could mean descending',
    { columns: { id: { type: 'integer' }, '-id': { type: 'integer' } }, sorts: ['-id'] },
    'Dataset "orders": it can\'t sort by column -id, because a - in a request means descending.',
  ],
  [
    'a search for text in numbers',
    { filters: { age: { kind: 'contains', column: 'age' } } },
    'Dataset "orders": filter age searches text, but column age is integer.',
  ],
  [
    'a filter on JSON',
    { filters: { data: { kind: 'equals', column: 'data' } } },
    'Dataset "orders": filter data can\'t compare column data, because its type is jsonb.',
  ],
  [
    'a range over a column of type other',
    { filters: { tags: { kind: 'range', column: 'tags' } } },
    'Dataset "orders": filter tags can\'t compare column tags, because its type is other.',
  ],
  [
    'a filter value that the column cannot have',
    { filters: { age: { kind: 'one_of', column: 'age', values: ['1', 'old'] } } },
    'Dataset "orders": filter age has the value "old", which must be a whole number (integer).',
  ],
  [
    'an unknown unless',
    withStatus({ permission: MAY, unless: 'visible' as 'masked' }),
    'Dataset "orders": column status has unless set to "visible"; it can be hidden, locked, masked.',
  ],
  [
    'an unknown mask',
    withStatus({ mask: 'blur' as 'redact' }),
    'Dataset "orders": column status has the unknown mask "blur"; it can be redact, last_4, hash, year.',
  ],
  [
    'a mask that its type cannot have',
    withStatus({ mask: 'year' }),
    'Dataset "orders": column status can\'t be masked: the mask year is for date, timestamp, timestamptz, not for text.',
  ],
  ['an empty permission', withStatus({ permission: ' ' }), 'Dataset "orders": column status has an empty permission.'],
  ['unless alone', withStatus({ unless: 'hidden' }), 'Dataset "orders": column status has unless, but no permission.'],
  [
    'a lock without a reason',
    withStatus({ permission: MAY, unless: 'locked' }),
    'Dataset "orders": column status is locked, but has no reason.',
  ],
  [
    'a reason without a lock',
    withStatus({ permission: MAY, reason: 'Ask.' }),
    'Dataset "orders": column status has a reason, but isn\'t locked.',
  ],
  [
    'a reason of two lines',
    withStatus({ permission: MAY, unless: 'locked', reason: 'Ask\nus.' }),
    'Dataset "orders": column status has a reason with a line break or another control character.',
  ],
  [
    'no mask for a masked column',
    withStatus({ permission: MAY, unless: 'masked' }),
    'Dataset "orders": column status is masked, but has no mask.',
  ],
  [
    'a mask that nobody gets',
    withStatus({ permission: MAY, mask: 'redact' }),
    'Dataset "orders": column status has a mask, but isn\'t masked: set unless to masked, or remove the permission to mask it for everybody.',
  ],
  [
    'a permission for its key',
    { columns: { id: { type: 'bigint', permission: MAY } } },
    'Dataset "orders": column id belongs to the key, so the order of the rows shows its values: it can\'t have a permission or a mask.',
  ],
  [
    'a filter on masked values',
    withStatus({ mask: 'redact' }, { filters: { status: { kind: 'equals', column: 'status' } } }),
    'Dataset "orders": filter status uses column status, which is masked for everybody.',
  ],
  [
    'a computed column made from masked values',
    withStatus({ mask: 'redact' }, { computed: { loud: { type: 'text', from: ['status'], compute: () => '' } } }),
    'Dataset "orders": computed column loud is made from status, which is masked for everybody.',
  ],
  [
    'a hash of computed values',
    { computed: { loud: { type: 'text', from: ['status'], compute: () => '', mask: 'hash' } } },
    'Dataset "orders": computed column loud can\'t be masked: the mask hash is only for columns of the table.',
  ],
  [
    'a mask that the type of a computed column cannot have',
    { computed: { loud: { type: 'text', from: ['status'], compute: () => '', mask: 'year' } } },
    'Dataset "orders": computed column loud can\'t be masked: the mask year is for date, timestamp, timestamptz, not for text.',
  ],
  [
    'a computed column that is locked without a reason',
    { computed: { loud: { type: 'text', from: ['status'], compute: () => '', permission: MAY, unless: 'locked' } } },
    'Dataset "orders": computed column loud is locked, but has no reason.',
  ],
];
