import assert from 'node:assert/strict';
import { checkNode, UnsupportedNodeError } from '../../../shared/process/service-version.js';

describe('the service', () => {
  for (const version of ['22.15.0', '22.100.0', '24.0.0', '100.0.0']) {
    it(`runs on Node.js ${version}`, () => {
      checkNode(version);
    });
  }
  for (const version of ['20.20.2', '22.9.0', '22.14.1', '9.99.0']) {
    it(`refuses Node.js ${version} in one sentence`, () => {
      assert.throws(
        () => {
          checkNode(version);
        },
        new UnsupportedNodeError(`Node.js ${version} is too old: version 22.15 or newer is required.`),
      );
    });
  }
});
