import pg from 'pg';
import type { Dataset } from '../../shared/datasets/define-dataset.js';

/** The condition that limits a dataset to a tenant. Doesn't check the id against the column's type. */
export const ownedByTenant = ({ tenantColumn = '' }: Dataset, tenantId: string): string[] => [
  `${pg.escapeIdentifier(tenantColumn)} = ${pg.escapeLiteral(tenantId)}`,
];
