import * as layers from '@tensorflow/tfjs-layers';

type Node = layers.SymbolicTensor;

/** The reference U-Net of depth 3, built from plain tfjs-layers: 118,271 trainable weights with 16 filters. */
export function referenceUnet(filters: number): layers.LayersModel {
  const normalised = (x: Node): Node =>
    layers.layers.batchNormalization({ momentum: 0.9, epsilon: 1e-5 }).apply(x) as Node;
  const block = (x: Node, channels: number): Node => {
    let out = x;
    for (let i = 0; i < 2; i++) {
      const conv = layers.layers.conv2d({
        filters: channels,
        kernelSize: 3,
        padding: 'same',
        activation: 'relu',
        kernelInitializer: layers.initializers.heNormal({ seed: i + 1 }),
      });
      out = normalised(conv.apply(out) as Node);
    }
    return out;
  };
  const rise = (x: Node, skip: Node, channels: number): Node => {
    const up = layers.layers
      .conv2dTranspose({ filters: channels, kernelSize: 2, strides: 2 })
      .apply(x) as Node;
    return block(layers.layers.concatenate().apply([up, skip]) as Node, channels);
  };
  const pooled = (x: Node): Node => layers.layers.averagePooling2d({ poolSize: 2 }).apply(x) as Node;
  const image = layers.input({ shape: [null, null, 7] });
  const first = block(normalised(image), filters);
  const second = block(pooled(first), filters * 2);
  const third = block(pooled(second), filters * 4);
  const out = rise(rise(third, second, filters * 2), first, filters);
  const head = layers.layers.conv2d({ filters: 1, kernelSize: 1, activation: 'sigmoid' });
  return layers.model({ inputs: image, outputs: head.apply(out) as Node });
}

/** Multiply-adds of one forward pass over `pixels` pixels. */
export function multiplyAdds(filters: number, pixels: number): number {
  const f = filters;
  const first = 9 * (7 * f + f * f) + 9 * (2 * f * f + f * f) + 4 * 2 * f * f * 0.25 + f;
  const second = 9 * (2 * f * f + 4 * f * f) + 9 * (8 * f * f + 4 * f * f) + 4 * 8 * f * f * 0.25;
  const third = 9 * (8 * f * f + 16 * f * f);
  return pixels * (first + second / 4 + third / 16);
}
