import { backend_util } from '@tensorflow/tfjs-core';
import type { Images, Windows } from '../wasm/window-job.ts';

type Shape4D = [number, number, number, number];
type Pair = [number, number] | number;

/** Attributes that every convolution kernel of tfjs carries. */
export interface ConvolutionAttributes {
  readonly strides: Pair;
  readonly pad: Parameters<typeof backend_util.computeConv2DInfo>[4];
  readonly dilations?: Pair;
  readonly dataFormat?: 'NHWC' | 'NCHW';
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
}

/** Sizes and padding of a convolution, or undefined where ours does not apply (NCHW, dilation). */
export function convolutionInfo(
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, pad, dilations = 1, dataFormat = 'NHWC', dimRoundingMode }: ConvolutionAttributes,
): backend_util.Conv2DInfo | undefined {
  if (dataFormat !== 'NHWC') return undefined;
  const info = backend_util.computeConv2DInfo(
    inputShape as Shape4D,
    filterShape as Shape4D,
    strides,
    dilations,
    pad,
    dimRoundingMode,
  );
  return info.dilationHeight === 1 && info.dilationWidth === 1 ? info : undefined;
}

/** The convolution's input at a heap address. */
export function inputImages(info: backend_util.Conv2DInfo, address: number): Images {
  return { address, height: info.inHeight, width: info.inWidth, channels: info.inChannels };
}

/** How the convolution's windows lie on its input. */
export function inputWindows(info: backend_util.Conv2DInfo): Windows {
  return {
    rows: info.outHeight,
    columns: info.outWidth,
    tapsY: info.filterHeight,
    tapsX: info.filterWidth,
    strideY: info.strideHeight,
    strideX: info.strideWidth,
    top: info.padInfo.top,
    left: info.padInfo.left,
  };
}
