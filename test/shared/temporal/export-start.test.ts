import assert from 'node:assert/strict';
import { exportStart } from '../../../shared/temporal/export-start.js';
import { DEFAULT_TUNING } from '../../../shared/temporal/tuning.js';
import { seedFor, someone } from '../../api/support.js';

describe("an export's details in Temporal", () => {
  const detailsOf = (sort?: string, filters = {}): string => {
    const job = seedFor(someone());
    const request = { ...job.request, filters, ...(sort === undefined ? {} : { sort }) };
    const { staticDetails } = exportStart({ job: { ...job, request }, limit: 1, tuning: DEFAULT_TUNING });
    return staticDetails.split('\n')[1] ?? '';
  };

  it('name its filters without their values, and its sort', () => {
    assert.equal(detailsOf(), '1 column, filters: none');
    assert.equal(detailsOf('placed_at'), '1 column, filters: none, sorted by placed_at, ascending');
    assert.equal(detailsOf('-total', { email: 'x' }), '1 column, filters: email, sorted by total, descending');
  });

  it('show names and headers as code, so that no text of a user becomes a link or an image', () => {
    const link = '[open](https://evil.example)';
    const job = seedFor(someone());
    const header = { name: 'id', as: `\`${link}` };
    const wide = Array.from({ length: 50 }, (_, n) => ({
      name: `c${n}`,
      as: `![${n}](https://evil.example/${n}.png)`,
    }));
    for (const columns of [[header], [header, ...wide]]) {
      const request = { ...job.request, name: `\`${link}`, columns };
      const { staticSummary, staticDetails } = exportStart({
        job: { ...job, request },
        limit: 1,
        tuning: DEFAULT_TUNING,
      });
      assert.equal(staticSummary, `\`'${link}\`: orders as CSV`);
      assert.ok(staticDetails.includes(`(id as \`\` \`${link} \`\``), staticDetails);
      const prose = staticDetails.replaceAll(/`` .*? ``|`[^`]*`/g, '');
      assert.doesNotMatch(prose, /evil|\[|`/);
    }
  });
});
