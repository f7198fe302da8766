import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { html } from '../src/html.ts';
import { renderReport } from '../src/render-report.ts';
import type { OperatingScores, ReportData } from '../src/report-data.ts';

const none = { value: Number.NaN, lower: Number.NaN, upper: Number.NaN };
const estimate = (value: number) => ({ value, lower: value - 0.1, upper: value + 0.1 });
const overlap = { recall: estimate(0.8), precision: estimate(0.4), dice: estimate(0.5) };
const points = { falsePositivesPerScan: [0, 0, 0.5, 1, 4], sensitivity: [0, 0.4, 0.6, 0.8, 0.9] };

const summary: OperatingScores = {
  nodules: 10,
  found: 8,
  threshold: 0.5,
  candidateThreshold: 0.625,
  allSlices: overlap,
  noduleSlices: { ...overlap, dice: null },
  sensitivity: estimate(0.8),
  sizes: [
    { name: '< 5 mm', nodules: 4, found: 2, sensitivity: estimate(0.5) },
    { name: '5–10 mm', nodules: 6, found: 6, sensitivity: estimate(0.9) },
    { name: '> 10 mm', nodules: 0, found: 0, sensitivity: null },
  ],
  falsePositivesPerScan: estimate(1.5),
  noduleDice: estimate(0.7),
  volumeError: estimate(-0.2),
  absoluteVolumeError: estimate(0.3),
};

const bare: ReportData = {
  date: '2026-11-23',
  model: 'U-Net',
  data: { name: 'phantoms', kind: 'phantoms' },
  curve: { froc: { scans: 4, nodules: 10, points } },
};

const hostile = '</script><img src=x onerror="alert(1)">&\'';

const full: ReportData = {
  ...bare,
  curve: {
    ...bare.curve,
    band: {
      falsePositivesPerScan: [0.125, 8],
      lower: [0.3, 0.7],
      upper: [0.5, 1],
      sensitivityAt: Array.from({ length: 7 }, () => estimate(0.7)),
      cpm: estimate(0.75),
    },
  },
  summary,
  baseline: { name: 'HU > −86', summary: { ...summary, found: 1 } },
  training: [
    { kind: 'train', step: 1, loss: 0.9 },
    { kind: 'train', step: 2, loss: null },
    { kind: 'train', step: 3, loss: 0.7 },
    { kind: 'validation', step: 3, recall: 0.5, precision: 0.2, dice: 0.3 },
  ],
  scans: [
    {
      seriesUid: '1.2.3',
      nodules: 1,
      found: 0,
      falsePositives: 12,
      findings: [
        {
          kind: 'missed',
          centerWorld: [-12.34, 5, 0],
          diameterMm: 4.2,
          dice: 0,
          cutOut: {
            centerWorld: [-12.34, 5, 0],
            sizeMm: 50,
            planes: [
              {
                name: 'axial',
                width: 2,
                height: 1,
                pixelMm: [0.7, 2.5],
                cornerMm: [-0.2, 3],
                png: 'data:image/png;base64,AA==',
                truth: 'M0 0h1v1h-1z',
                prediction: '',
                labels: { left: 'R', right: 'L', top: 'A', bottom: 'P' },
              },
            ],
          },
        },
        { kind: 'false-positive', centerWorld: [1, 2, 3], diameterMm: 5, probability: 0.91 },
      ],
    },
  ],
};

/** What is read, without tags. */
function textOf(page: string): string {
  return page
    .replace(/<(style|script)>.*?<\/\1>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('a report', () => {
  it('says in words what came out', async () => {
    const text = textOf(await renderReport(full));
    expect(text).toContain('Finds 9 of 10 nodules (90 %) at 4 false alarms a scan, and 80 % at 1.');
    expect(text).toContain('Its CPM, the mean over seven such rates, is 0.750 (0.650–0.850).');
    expect(text).toContain('At its operating point it finds 8, marks 80 % of the nodules’ voxels');
    expect(text).toContain('The most are missed in the size group &lt; 5 mm: 2 of 4.');
    expect(text).toContain('voxels above 0.5, candidates from 0.625');
  });

  it('reads the curve by the official rule where there is no band', async () => {
    // By hand .45, .5, .6, .8, .8333, .9 and .9.
    const text = textOf(await renderReport(bare));
    expect(text).toContain('CPM, the mean of the seven 0.712 –');
    expect(text).toContain('at 1/8 45.0 % –');
    expect(text).toContain('at 2 83.3 % –');
  });

  it('shows findings with world coordinates, and how many it leaves out', async () => {
    const page = await renderReport(full);
    const text = textOf(page);
    expect(text).toContain('1 of 12 false alarms are shown');
    expect(text).toContain('World x −12.3 mm');
    expect(page).toContain('<image x="-0.2" y="3" width="1.4" height="2.5" preserveAspectRatio="none"');
    expect(page).toContain('transform="translate(-0.2 3) scale(0.7 2.5)"');
  });

  it.each([
    ['phantoms', 4, 'this model on synthetic scans (phantoms)'],
    ['other', 4, 'this model on other scans'],
    [
      'luna16',
      89,
      'The published systems were measured on all 888 scans of LUNA16, this model on 89 of them',
    ],
    ['luna16', 888, 'All were measured on LUNA16’s 888 scans'],
  ] as const)(
    'says what the published systems were measured on, for %s of %d scans',
    async (kind, scans, words) => {
      const { froc } = bare.curve;
      const page = await renderReport({
        ...bare,
        data: { name: 'x', kind },
        curve: { froc: { ...froc, scans } },
      });
      expect(textOf(page)).toContain(words);
    },
  );

  it('gives the same bytes for the same data, after JSON too', async () => {
    const page = await renderReport(full);
    expect(await renderReport(full)).toBe(page);
    expect(await renderReport(JSON.parse(JSON.stringify(full)))).toBe(page);
  });

  it.each([
    ['no row', []],
    ['a step alone', [{ kind: 'train', step: 1, loss: 0.9 }]],
    ['validations alone', [{ kind: 'validation', step: 3, recall: 0.5, precision: 0.2, dice: 0.3 }]],
    ['no finite loss', [{ kind: 'train', step: 1, loss: null }]],
  ])('draws training with %s', async (_, training) => {
    const page = await renderReport({ ...bare, training });
    expect(page.includes('id="training-title"')).toBe(training.length > 0);
    expect(page).not.toMatch(/NaN|undefined|null|Infinity/);
  });

  it('has dashes where nothing was there to be measured', async () => {
    const points = { falsePositivesPerScan: [0], sensitivity: [Number.NaN] };
    const band = {
      falsePositivesPerScan: [1],
      lower: [Number.NaN],
      upper: [Number.NaN],
      sensitivityAt: [],
      cpm: none,
    };
    const page = await renderReport({
      ...bare,
      curve: { froc: { scans: 3, nodules: 0, points }, band },
      summary: { ...summary, nodules: 0, found: 0, sensitivity: null, sizes: [] },
    });
    expect(page).not.toMatch(/NaN|undefined|null/);
    expect(textOf(page)).toContain('There is no nodule in 3 scans, so none could be found.');
  });
});

describe('a report on one scan', () => {
  it('has figures and a curve, but dashes for intervals and no band, after JSON too', async () => {
    const lone = (value: number) => ({ value, lower: Number.NaN, upper: Number.NaN });
    const band = {
      falsePositivesPerScan: [0.125, 8],
      lower: [Number.NaN, Number.NaN],
      upper: [Number.NaN, Number.NaN],
      sensitivityAt: Array.from({ length: 7 }, () => lone(0.7)),
      cpm: lone(0.75),
    };
    const data: ReportData = {
      ...bare,
      curve: { froc: { scans: 1, nodules: 10, points }, band },
      summary: {
        ...summary,
        sensitivity: lone(0.8),
        sizes: [{ name: '< 5 mm', nodules: 4, found: 2, sensitivity: lone(0.5) }],
      },
    };
    const page = await renderReport(data);
    const text = textOf(page);
    expect(page).not.toMatch(/NaN|undefined|null/);
    expect(text).toContain('Its CPM, the mean over seven such rates, is 0.750.');
    expect(text).toContain('CPM, the mean of the seven 0.750 –');
    expect(text).toContain('at 4 70.0 % –');
    expect(text).toContain('Nodules found 80.0 % –');
    expect(text).toContain('This model : CPM 0.750 DeepLung');
    expect(textOf(await renderReport(full))).toContain(
      'This model : CPM 0.750 (0.650–0.850), with its 95 % band',
    );
    expect(text).not.toContain('the lines are 95&nbsp;% intervals');
    expect(await renderReport(JSON.parse(JSON.stringify(data)))).toBe(page);
    expect(textOf(await renderReport(full))).toContain('the lines are 95&nbsp;% intervals');
  });
});

describe('a report and the outside', () => {
  it('escapes what it is given', async () => {
    const page = await renderReport({
      ...full,
      title: hostile,
      date: hostile,
      model: hostile,
      data: { name: hostile, kind: 'other', folds: hostile },
      details: { [hostile]: hostile },
      baseline: { name: hostile, summary: { ...summary, sizes: [] } },
      summary: { ...summary, sizes: [{ ...summary.sizes[0]!, name: hostile }] },
      scans: [{ ...full.scans![0]!, seriesUid: hostile }],
    });
    expect(page).not.toContain('<img');
    expect(page.match(/<\/script>/g)).toHaveLength(1);
    expect(page).toContain('&lt;/script&gt;&lt;img src=x onerror=&quot;alert(1)&quot;&gt;&amp;&#39;');
  });

  it.each([{ html: '<img src=x>' }, { html: ['<img src=x>'] }, {}, true])(
    'refuses %j from JSON where a text is due',
    async (value) => {
      const seriesUid = JSON.parse(JSON.stringify(value));
      await expect(renderReport({ ...full, scans: [{ ...full.scans![0]!, seriesUid }] })).rejects.toThrow(
        new TypeError(`Cannot write ${JSON.stringify(value)} into a page: give a text or a number`),
      );
    },
  );

  it('leaves null empty', async () => {
    const scans = [{ ...full.scans![0]!, seriesUid: JSON.parse('null') }];
    expect(await renderReport({ ...full, scans })).toBe(
      await renderReport({ ...full, scans: [{ ...full.scans![0]!, seriesUid: '' }] }),
    );
  });

  it('asks for nothing, and its policy allows its own style and script alone', async () => {
    const page = await renderReport(full);
    const urls = [...page.matchAll(/(?:href|src)="([^"]{0,22})|url\(|@import/g)].map(([, url]) => url);
    expect(urls.filter((url) => !/^(data:|#)/.test(url ?? ''))).toEqual([]);
    expect(page).not.toMatch(/ style="| on\w+="/);
    const [, policy] = /Content-Security-Policy" content="([^"]*)"/.exec(page)!;
    const hashOf = (name: string) => {
      const [, text] = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(page)!;
      return createHash('sha256').update(text!).digest('base64');
    };
    expect(policy).toBe(
      `default-src 'none'; img-src data:; style-src 'sha256-${hashOf('style')}'; ` +
        `script-src 'sha256-${hashOf('script')}'; base-uri 'none'; form-action 'none'`,
    );
  });
});

it('the template escapes what is no HTML', () => {
  expect(html`<p title="${'"'}">${['a < b', html`<br>`]}</p>`.html).toBe(
    '<p title="&quot;">a &lt; b<br></p>',
  );
});
