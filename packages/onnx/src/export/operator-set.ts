import { newest, type OperatorSet } from '../graph/model.ts';
import { operatorOf } from '../graph/operators.ts';
import type { Attribute, Attributes, Node } from '../graph/value.ts';

/** Operators that are in operator set 17 as the kernels record them. */
const early = new Set(
  [
    'Abs Acos Acosh Add And ArgMax ArgMin Asin Asinh Atan Atanh BatchNormalization Cast Ceil Clip Concat Conv',
    'ConvTranspose Cos Cosh CumSum DepthToSpace Div Einsum Elu Equal Erf Exp Expand Floor Gather GatherND Gemm',
    'GlobalAveragePool Greater GreaterOrEqual HardSigmoid Identity IsNaN LRN LeakyRelu Less LessOrEqual Log MatMul Max',
    'MaxPool Min Mod Mul Neg Not OneHot Or PRelu Pow Range Reciprocal ReduceSum Relu Reshape Resize Round ScatterND Selu',
    'Shape Sigmoid Sign Sin Sinh Slice Softmax Softplus Softsign SpaceToDepth Sqrt Squeeze Sub Sum Tan Tanh Tile TopK',
    'Transpose Where Xor',
  ].flatMap((line) => line.split(' ')),
);

/** Operators whose axes were an attribute then, and are an input now. */
const withAxes = new Set(['ReduceMax', 'ReduceMean', 'ReduceMin', 'ReduceProd']);

/** What most runtimes since 2022 read. */
const wide: OperatorSet = { opset: 17, irVersion: 8 };

/** The nodes in the form of the older of two operator sets, if it has them all. */
export function inOldestSet(nodes: readonly Node[]): { nodes: readonly Node[]; operators: OperatorSet } {
  const old = nodes.flatMap((node) => inSet17(node) ?? []);
  return old.length === nodes.length ? { nodes: old, operators: wide } : { nodes, operators: newest };
}

function inSet17(node: Node): Node | undefined {
  const { type, attributes, domain } = node.operator;
  const as = (others: Attributes, inputs: Node['inputs']): Node => {
    return { ...node, inputs, operator: operatorOf(type, others, domain, node.outputs.length) };
  };
  const [data, axes] = node.inputs;
  if (type === 'AveragePool') {
    const { dilations, ...others } = attributes;
    return isOnes(dilations) ? as(others, node.inputs) : undefined;
  }
  // A fourth input is a choice of axes, which came later.
  if (type === 'Pad') return node.inputs.length <= 3 ? node : undefined;
  if (withAxes.has(type) && axes?.data && data?.type !== 'bool') {
    const { noop_with_empty_axes: _, ...others } = attributes;
    return axes.data.length > 0 ? as({ ...others, axes: Array.from(axes.data, Number) }, [data]) : undefined;
  }
  return early.has(type) ? node : undefined;
}

function isOnes(list: Attribute | undefined): boolean {
  return list === undefined || (Array.isArray(list) && list.every((number) => number === 1));
}
