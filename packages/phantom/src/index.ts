export { generateScan, type PhantomNodule, type PhantomScan, type ScanOptions } from './scan.ts';
