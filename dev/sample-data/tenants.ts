/** The three shops of the sample data. The first owns most rows, including the awkward orders. */

export interface SampleUser {
  readonly id: string;
  readonly email: string;
}

export interface SampleTenant {
  readonly id: string;
  readonly name: string;
  /** Each tenant has the same number of users. */
  readonly users: readonly [SampleUser, SampleUser, SampleUser];
  /** This tenant's share of the rows, in percent. */
  readonly percent: number;
}

export const NORTHWIND: SampleTenant = {
  id: '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e01',
  name: 'Northwind',
  percent: 70,
  users: [
    { id: '1b6f3c1a-92d4-4f1b-8a35-7d1e5c2f0a11', email: 'ana@northwind.example' },
    { id: '1b6f3c1a-92d4-4f1b-8a35-7d1e5c2f0a12', email: 'ben@northwind.example' },
    { id: '1b6f3c1a-92d4-4f1b-8a35-7d1e5c2f0a13', email: 'chloe@northwind.example' },
  ],
};

export const CONTOSO: SampleTenant = {
  id: '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e02',
  name: 'Contoso',
  percent: 15,
  users: [
    { id: '2c7e4d2b-a3e5-4a2c-9b46-8e2f6d3a1b21', email: 'dov@contoso.example' },
    { id: '2c7e4d2b-a3e5-4a2c-9b46-8e2f6d3a1b22', email: 'eun@contoso.example' },
    { id: '2c7e4d2b-a3e5-4a2c-9b46-8e2f6d3a1b23', email: 'farah@contoso.example' },
  ],
};

export const FABRIKAM: SampleTenant = {
  id: '0a1d1f2e-4c6b-4f0e-9d57-3f0a6c1b7e03',
  name: 'Fabrikam',
  percent: 15,
  users: [
    { id: '3d8f5e3c-b4f6-4b3d-8c57-9f3a7e4b2c31', email: 'goran@fabrikam.example' },
    { id: '3d8f5e3c-b4f6-4b3d-8c57-9f3a7e4b2c32', email: 'hana@fabrikam.example' },
    { id: '3d8f5e3c-b4f6-4b3d-8c57-9f3a7e4b2c33', email: 'ines@fabrikam.example' },
  ],
};

export const TENANTS = [NORTHWIND, CONTOSO, FABRIKAM] as const;

/** Who may see the credit limits of a tenant's customers: the last of its users. */
export const accountantOf = ({ users: [, , last] }: SampleTenant): SampleUser => last;
