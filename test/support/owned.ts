import pg from 'pg';
import type { Dataset } from '../../shared/datasets/define-dataset.js';

/** The condition that limits a dataset to a tenant, whose id needs no check. */
export const ownedByTenant = ({ tenantColumn = '' }: Dataset, tenantId: string): string[] => [
  `${pg.escapeIdentifier(tenantColumn)} = ${pg.escapeLiteral(tenantId)}`,
];
