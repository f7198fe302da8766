/**
 * Writes a trained network as an ONNX file that runs without lunet and TensorFlow.js.
 *
 *   pnpm export --model runs/my-run --out nodules.onnx
 *
 * `--help` explains every option.
 */
import { writeFile } from 'node:fs/promises';
import { startEngine } from '@lunet/engine';
import { replaceFile } from '@lunet/io/node';
import { exportOnnx } from '@lunet/onnx';
import { checkInputSize, loadSafetensors, sizeDivisor, unetOptions } from '@lunet/unet';
import { describeFile } from './export/describe-file.ts';
import { defaultOut, freeAxes, parseExportOptions } from './export/export-options.ts';
import { openModel } from './scans/open-model.ts';
import { argumentsOf, runScript } from './terminal/command-line.ts';

const options = parseExportOptions(argumentsOf(process.argv));

await runScript(async () => {
  const { layout, fixed } = options;

  // 1. The weights; nothing is computed with them, so any engine will do.
  await startEngine({ prefer: 'wasm' });
  const file = await openModel(options.model);
  console.log(`model       ${file.path}`);
  const network = loadSafetensors(file.bytes);
  const config = unetOptions(network);
  const divisor = sizeDivisor(config);
  checkInputSize(config, fixed.height ?? divisor, fixed.width ?? divisor);

  // 2. The file. TensorFlow.js counts an image's axes as batch, height, width, slices.
  const axes = freeAxes.map((axis) => fixed[axis] ?? axis);
  const bytes = await exportOnnx(network, { layout, dynamicAxes: [{ ...axes }] });
  const out = options.out ?? defaultOut(file.path, file.folder);
  await replaceFile(out, (temporary) => writeFile(temporary, bytes)).catch((cause: Error) => {
    throw new Error(`Cannot write ${out}: ${cause.message}`, { cause });
  });

  // 3. What it is, and how to run it.
  console.log(`written     ${out}, ${Math.ceil(bytes.length / 1024)} kB`);
  console.log(describeFile({ out, layout, axes, slices: config.inputChannels, divisor, network }));
});
