import { OnnxBackend } from '../../../src/backend.ts';

export { backend, startBackend } from './onnx.ts';

// Ours as in the middle of a graph: what specs write passes through a node first, so that no kernel finds its inputs on
// the host, and images are in the layout that convolutions give: channels first, or in blocks where they fill some.
const { move } = OnnxBackend.prototype;
OnnxBackend.prototype.move = function (dataId, values, shape, dtype, refCount) {
  move.call(this, dataId, values, shape, dtype, refCount);
  const entry = this.data.get(dataId);
  const { value } = entry;
  if (value === undefined || shape.includes(0)) return;
  const pending =
    shape.length === 4
      ? this.recorder.withLayout(value, value.type === 'float32' ? this.layoutFor(shape[3]!) : 'nchw')
      : this.recorder.op('Identity', [value], {}, { type: value.type, shape });
  value.holders--;
  pending.holders++;
  Object.assign(entry, { value: pending });
};
