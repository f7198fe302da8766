export { type CutOut, type CutOutOptions, type CutOutPlane, cutOut } from './cut-out.ts';
export { renderReport } from './render-report.ts';
export type {
  Baseline,
  Estimate,
  OperatingScores,
  PixelScores,
  ReportCurve,
  ReportData,
  ReportFinding,
  ReportScan,
  SizeGroup,
  TrainingRow,
} from './report-data.ts';
