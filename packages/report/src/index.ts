export { type CutOut, type CutOutOptions, type CutOutPlane, cutOut } from './cut-out.ts';
export { renderReport } from './render-report.ts';
export type {
  Baseline,
  Estimate,
  OperatingScores,
  OverlapScores,
  ReportCurve,
  ReportData,
  ReportFinding,
  ReportScan,
  SizeScores,
  TrainingRow,
} from './report-data.ts';
export { type MeasuredScan, type ReportScanOptions, reportScan } from './report-scan.ts';
