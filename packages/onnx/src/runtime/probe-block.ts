import { encodeModel } from '../graph/model.ts';
import { buildProgram, nameOf } from '../graph/program.ts';
import { blockedDomain, newValue, Recorder } from '../graph/recorder.ts';
import type { OnnxRuntime } from './onnxruntime.ts';

/**
 * How many channels this machine's fast convolutions keep together: 16 with AVX-512, 8 on other x86 processors, 0 where
 * ONNX Runtime has no such kernels.
 *
 * It tells nowhere, so an image of 16 channels and 2 pixels is put into that layout and looked at.
 */
export function probeBlock(runtime: OnnxRuntime): 0 | 8 | 16 {
  const recorder = new Recorder();
  const numbers = Float32Array.from({ length: 32 }, (_, i) => i);
  const x = newValue({ type: 'float32', shape: [1, 16, 1, 2] }, numbers);
  const y = recorder.op(
    'ReorderInput',
    [x],
    { channels_last: 0 },
    { type: 'float32', shape: [1, 16, 1, 2] },
    blockedDomain,
  );
  const program = buildProgram(recorder.take(), [y]);
  let session: ReturnType<OnnxRuntime['createSession']>;
  try {
    session = runtime.createSession(encodeModel({ ...program, initializers: [] }), { logSeverityLevel: 4 });
  } catch {
    return 0;
  }
  const feeds = { [nameOf(x)]: new runtime.Tensor('float32', numbers, x.shape) };
  const out = session.run(feeds, { [nameOf(y)]: null }, {})[nameOf(y)]!.data as Float32Array;
  session.dispose();
  // In memory, pixel 1 of channel 0, which is number 1, comes after all channels of pixel 0 in the block.
  const at = out.indexOf(1);
  return at === 8 || at === 16 ? at : 0;
}
