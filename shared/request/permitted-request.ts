import { columnName } from '../contract.js';
import { ACCOUNT, ACCOUNT_TITLE, accountDatasets, archivedDatasets } from '../datasets/account.js';
import { columnNames, type Dataset } from '../datasets/define-dataset.js';
import type { DatasetRegistry } from '../datasets/index.js';
import { parseSort, sortChoices } from '../datasets/sort.js';
import { ServiceError } from '../errors.js';
import { defaultColumns } from '../formats/default-columns.js';
import { formatNamed } from '../formats/index.js';
import { pointerOf, type FieldProblem } from './field-problems.js';
import type { UncheckedRequest } from './request.js';

type Unchecked = Omit<UncheckedRequest, 'notify'>;

/**
 * Checks a request against the rights of its caller. Default columns leave out those that the caller may not have.
 * Naming such a column is refused, as is filtering or sorting by values that the caller may not see.
 * @param registry restricted to what the caller may have
 * @param at pointer of the request in its body
 * @throws ServiceError NOT_PERMITTED with a pointer for each column and filter, and the sort; without one if no column
 * is left
 */
export function permittedRequest<T extends Unchecked>(
  { namesNoColumns, ...request }: T,
  registry: DatasetRegistry,
  at = '',
): Omit<T, 'namesNoColumns'> {
  const dataset = registry.get(request.type);
  if (dataset === undefined) {
    const isEmpty = accountDatasets(registry).length > 0 && archivedDatasets(registry).length === 0;
    if (request.type === ACCOUNT && isEmpty) throw noColumn(ACCOUNT_TITLE);
    return request;
  }
  const columns = namesNoColumns === true ? defaultColumns(dataset, formatNamed(request.format)) : request.columns;
  const refused = refusals(dataset, { ...request, columns });
  if (refused.length > 0) throw notPermitted(refused, at);
  if (columns.length === 0) throw noColumn(dataset.title);
  return { ...request, columns };
}

const noColumn = (title: string): ServiceError =>
  new ServiceError('NOT_PERMITTED', `You don't have permission to export any column of ${title}.`);

/** Maximum number of problems in an answer. */
const MAX_LISTED = 20;

interface Refusal extends FieldProblem {
  /** What the caller may not do, after "You don't have permission to". */
  readonly deed: string;
}

function refusals(
  dataset: Dataset,
  { columns, filters, sort }: Pick<Unchecked, 'columns' | 'filters'> & { readonly sort?: string | undefined },
): Refusal[] {
  const detail = "needs a permission that you don't have";
  const known = new Set(columnNames(dataset));
  const named = columns.map((choice, index) => ({ name: columnName(choice), pointer: pointerOf(['columns', index]) }));
  const set = Object.keys(filters).map((name) => ({ name, pointer: pointerOf(['filters', name]) }));
  return [
    ...named
      .filter(({ name }) => !known.has(name))
      .map(({ name, pointer }) => ({ pointer, detail, deed: `export ${name}` })),
    ...set
      .filter(({ name }) => dataset.filters?.[name] === undefined)
      .map(({ name, pointer }) => ({ pointer, detail, deed: `filter by ${name}` })),
    ...(sort === undefined || sortChoices(dataset).includes(sort)
      ? []
      : [{ pointer: '/sort', detail, deed: `sort by ${parseSort(sort).column}` }]),
  ].slice(0, MAX_LISTED);
}

function notPermitted(refused: readonly Refusal[], at: string): ServiceError {
  const errors = refused.map(({ pointer, detail }) => ({ pointer: `${at}${pointer}`, detail }));
  const deeds = refused.map(({ deed }, index) => `${deed} (${errors[index]?.pointer ?? ''})`);
  const sentence = `You don't have permission to ${deeds.join(', ')}.`;
  return new ServiceError('NOT_PERMITTED', sentence, { errors });
}
