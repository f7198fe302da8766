/** A system whose FROC curve on LUNA16 was published. */
export interface PublishedSystem {
  readonly name: string;
  /** At 1/8, 1/4, 1/2, 1, 2, 4 and 8 false positives a scan, over LUNA16's 888 scans. */
  readonly sensitivityAt: readonly number[];
}

/** Where the sensitivities of {@link publishedSystems} come from. */
export const publishedSource: string =
  'DeepLung (Zhu et al., WACV 2018), ten-fold cross-validation on LUNA16; read off the FROC points in its repository ' +
  'wentaozhu/DeepLung (Apache-2.0)';

/**
 * DeepLung's three published systems, their seven sensitivities interpolated in the authors' own FROC points.
 *
 * A test reads those points and finds these numbers.
 */
export const publishedSystems: readonly PublishedSystem[] = [
  {
    name: 'DeepLung, 3\u2011D Res18 Faster R-CNN',
    sensitivityAt: [0.661889, 0.746206, 0.814503, 0.86425, 0.902192, 0.918212, 0.931703],
  },
  {
    name: 'DeepLung, All-predanno-1',
    sensitivityAt: [0.698988, 0.77656, 0.841484, 0.882799, 0.908938, 0.920742, 0.920742],
  },
  {
    name: 'DeepLung, All-predanno-1.5',
    sensitivityAt: [0.698988, 0.77656, 0.841484, 0.882799, 0.908938, 0.931703, 0.931703],
  },
];

/** CPM figures of which no curve was published with the numbers. */
export const publishedCpm: readonly { readonly name: string; readonly cpm: number }[] = [
  { name: '3\u2011D detectors', cpm: 0.93 },
  { name: 'DeepLung, as published', cpm: 0.842 },
  { name: 'a 2\u2011D U\u2011Net entry, the nearest in kind to lunet', cpm: 0.811 },
];
