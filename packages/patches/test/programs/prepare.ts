// Prepares a store of a LUNA16 folder and says how far it is, a line a step, for a test to kill or starve it on the way.
import { openLuna16 } from '@lunet/io/node';
import { prepareStore } from '@lunet/patches/node';

const [, , root, folder] = process.argv;
const { scans } = await openLuna16(root!);
try {
  const { kept } = await prepareStore(scans, folder!, {
    seed: 1,
    negativesPerScan: 6,
    onProgress: (progress) => console.log(progress.stage),
  });
  console.log(`kept ${kept}`);
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
