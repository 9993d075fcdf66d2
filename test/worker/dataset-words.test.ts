import assert from 'node:assert/strict';
import { datasetNameOf, labelOf } from '../../worker/new-dataset/words.js';

describe('the words that npm run dataset:new makes from names', () => {
  it('are labels for people and names for requests', () => {
    const names = [
      ...['customer_id', 'customerId', 'placed_at', 'VAT', 'SKU_code', '日付', '  ', '2fa', 'vat_no', 'avatarURLPath'],
      ...['customer_ids', 'orderIDs', 'iban', 'addresses', 'categories', 'status', 'order_status', 'ORDER_ADDRESS'],
    ];
    assert.deepEqual(names.map(labelOf), [
      'Customer ID',
      'Customer ID',
      'Placed at',
      'VAT',
      'SKU code',
      '日付',
      '  ',
      '2fa',
      'VAT no',
      'Avatar URL path',
      'Customer IDs',
      'Order IDs',
      'IBAN',
      'Addresses',
      'Categories',
      'Status',
      'Order status',
      'ORDER ADDRESS',
    ]);
    assert.deepEqual(['OrderItems', 'Über uns', '日付', '2fa'].map(datasetNameOf), [
      'order_items',
      'uber_uns',
      'table',
      'table_2fa',
    ]);
  });
});
