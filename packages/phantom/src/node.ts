export type { DatasetSettings } from './phantom-job.ts';
export type { PhantomRecord } from './phantom-record.ts';
export {
  type PhantomDataset,
  type PhantomDatasetOptions,
  type PhantomProgress,
  writePhantomDataset,
} from './write-phantom-dataset.ts';
