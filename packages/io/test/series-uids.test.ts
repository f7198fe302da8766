import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseSeriesUids } from '../src/index.ts';
import { hasSharedData, sharedData, unlessShared } from './shared-data.ts';

describe('parseSeriesUids', () => {
  it.each([
    ['LF', '1.3.6\n1.3.7\n'],
    ['CRLF', '1.3.6\r\n1.3.7\r\n'],
    ['a header', 'seriesuid\n1.3.6\n1.3.7'],
    ['a byte order mark before a header, blank lines and spaces', '\ufeffSeriesUID\n\n 1.3.6 \n\n1.3.7\n'],
    ['quotes', '"seriesuid"\n"1.3.6"\n"1.3.7"\n'],
  ])('reads one UID a line, with %s', (_, text) => {
    expect(parseSeriesUids(text)).toEqual(['1.3.6', '1.3.7']);
  });

  it('reads an empty list, with a header or without', () => {
    expect(parseSeriesUids('')).toEqual([]);
    expect(parseSeriesUids('seriesuid\n')).toEqual([]);
  });

  it.each([
    ['1.3.6\n1.3.7,5\n', /u\.csv: row 2 is "1.3.7,5", expected one series UID/],
    ['seriesuid,coordX\n1.3.6,1\n', /u\.csv: row 1 is "seriesuid,coordX"/],
    ['1.3.6 1.3.7\n', /row 1 is "1.3.6 1.3.7"/],
    ['1.3.6\n\n1.3.7\r\n1.3.6\n', /u\.csv: row 4 repeats 1.3.6 of row 1/],
    ['"1.3.6\n', /row 1 is/],
  ])('refuses %j', (text, message) => {
    expect(() => parseSeriesUids(text, 'u.csv')).toThrow(SyntaxError);
    expect(() => parseSeriesUids(text, 'u.csv')).toThrow(message);
  });
});

it.skipIf(!hasSharedData)(`reads LUNA16's list of 888 scans${unlessShared}`, async () => {
  const uids = parseSeriesUids(await readFile(path.join(sharedData, 'luna16-csv', 'seriesuids.csv'), 'utf8'));
  expect(uids).toHaveLength(888);
  expect(uids[0]).toBe('1.3.6.1.4.1.14519.5.2.1.6279.6001.100225287222365663678666836860');
});
