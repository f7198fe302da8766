import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { ElementType } from '../graph/element-type.ts';
import { blockOf } from '../graph/value.ts';
import { axesInMemory } from './axes.ts';
import { convert } from './cast.ts';
import { each } from './each.ts';
import { type RecordedKernel, recorded } from './recorded-kernel.ts';

/** Running sums along an axis. */
export const scans: readonly RecordedKernel[] = [
  recorded<{ axis: number; exclusive: boolean; reverse: boolean }>('Cumsum', ({ inputs, attrs, backend }) => {
    const x = inputs.x as TensorInfo;
    const axis = util.parseAxisParam(attrs.axis, x.shape)[0]!;
    const given = backend.value(x);
    const value = blockOf(given.layout) > 0 ? backend.valueIn(x, 'plain') : given;
    const type: ElementType = x.dtype === 'bool' ? 'int32' : value.type;
    const op = each(backend, value, type);
    const along = backend.recorder.scalar(axesInMemory(value.layout, axis)[0]!, 'int64');
    const attributes = { exclusive: Number(attrs.exclusive), reverse: Number(attrs.reverse) };
    return backend.tensorOf(op('CumSum', [convert(value, type, op), along], { attributes }));
  }),
];
