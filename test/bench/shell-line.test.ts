import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { shellLine } from '../../bench/shell-line.js';

describe('the shell line of a pipeline', () => {
  it('passes every argument unchanged', () => {
    const words = ['', ' a  b ', "it's", '"$HOME"', '`id`', '\\', String.raw`e'\x01'`, '*', '\n', '; exit 3'];
    const printed = execFileSync('/bin/sh', ['-c', shellLine([['printf', '%s|', ...words], ['cat']])], {
      encoding: 'utf8',
    });
    assert.equal(printed, words.map((word) => `${word}|`).join(''));
  });
});
