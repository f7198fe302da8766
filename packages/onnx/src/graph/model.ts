import { PbfWriter } from 'pbf';
import { type HostData, onnxTypes } from './element-type.ts';
import { nameOf } from './program.ts';
import { type Attribute, type Node, physicalShape, type Value } from './value.ts';

/** A version of ONNX's operators, and of the file format of that time. */
export interface OperatorSet {
  readonly opset: number;
  readonly irVersion: number;
}

/** The one whose definitions the kernels were written against. */
export const newest: OperatorSet = { opset: 21, irVersion: 10 };

/** The parts of a graph, as ONNX's `GraphProto` has them. */
export interface ModelParts {
  readonly nodes: readonly Node[];
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** Values written into the model: constants, and weights. */
  readonly initializers: readonly Value[];
  /** The name of a value; defaults to its number. */
  readonly name?: (value: Value) => string;
  /** A name in place of a dimension's size, for inputs and outputs. */
  readonly dimension?: (value: Value, axis: number, size: number) => string | number;
  /** The name of a node; defaults to its operator and place. */
  readonly label?: (node: Node, place: number) => string;
  readonly operators?: OperatorSet;
}

/** Encodes a graph as an ONNX model: the `ModelProto` of onnx.proto, in Protocol Buffers. */
export function encodeModel(parts: ModelParts): Uint8Array {
  const writer = new PbfWriter();
  const { opset, irVersion } = parts.operators ?? newest;
  writer.writeVarintField(1, irVersion);
  writer.writeStringField(2, 'lunet');
  writer.writeMessage(7, writeGraph, parts);
  const domains = new Set(parts.nodes.map(({ operator }) => operator.domain));
  for (const domain of new Set(['', ...domains])) {
    writer.writeMessage(8, writeImport, { domain, version: domain === '' ? opset : 1 });
  }
  return writer.finish();
}

function writeImport({ domain, version }: { domain: string; version: number }, writer: PbfWriter): void {
  writer.writeStringField(1, domain);
  writer.writeVarintField(2, version);
}

function writeGraph(parts: ModelParts, writer: PbfWriter): void {
  const name = parts.name ?? nameOf;
  parts.nodes.forEach((node, i) => {
    const label = parts.label?.(node, i) ?? `${node.operator.type}${i}`;
    writer.writeMessage(1, writeNode, { node, name, label });
  });
  writer.writeStringField(2, 'lunet');
  for (const value of parts.initializers) writer.writeMessage(5, writeTensor, { value, name });
  for (const value of parts.inputs) writer.writeMessage(11, writeValueInfo, { value, parts });
  for (const value of parts.outputs) writer.writeMessage(12, writeValueInfo, { value, parts });
}

interface NamedNode {
  readonly node: Node;
  readonly name: (value: Value) => string;
  readonly label: string;
}

function writeNode({ node, name, label }: NamedNode, writer: PbfWriter): void {
  const { type, domain, attributes } = node.operator;
  for (const input of node.inputs) writer.writeStringField(1, input === undefined ? '' : name(input));
  for (const output of node.outputs) writer.writeStringField(2, name(output));
  writer.writeStringField(3, label);
  writer.writeStringField(4, type);
  for (const [key, value] of Object.entries(attributes))
    writer.writeMessage(5, writeAttribute, { key, value });
  if (domain !== '') writer.writeStringField(7, domain);
}

/** `AttributeProto`: its type's number is in field 20. */
function writeAttribute({ key, value }: { key: string; value: Attribute }, writer: PbfWriter): void {
  writer.writeStringField(1, key);
  if (typeof value === 'number') {
    writer.writeVarintField(3, value);
    writer.writeVarintField(20, 2);
  } else if (typeof value === 'string') {
    writer.writeStringField(4, value);
    writer.writeVarintField(20, 3);
  } else if ('float' in value) {
    writer.writeFloatField(2, value.float);
    writer.writeVarintField(20, 1);
  } else {
    for (const whole of value) writer.writeVarintField(8, whole);
    writer.writeVarintField(20, 7);
  }
}

interface NamedValue {
  readonly value: Value;
  readonly name: (value: Value) => string;
}

function writeTensor({ value, name }: NamedValue, writer: PbfWriter): void {
  for (const size of physicalShape(value)) writer.writeVarintField(1, size);
  writer.writeVarintField(2, onnxTypes[value.type]);
  writer.writeStringField(8, name(value));
  writer.writeBytesField(9, bytesOf(value.data!));
}

function bytesOf(data: HostData): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** `ValueInfoProto`: name (1), type (2) { tensor (1) { element type (1), shape (2) { dimension (1) { size (1) or name (2) } } } }. */
function writeValueInfo({ value, parts }: { value: Value; parts: ModelParts }, writer: PbfWriter): void {
  writer.writeStringField(1, (parts.name ?? nameOf)(value));
  writer.writeMessage(2, writeType, { value, parts });
}

function writeType(of: { value: Value; parts: ModelParts }, writer: PbfWriter): void {
  writer.writeMessage(1, writeTensorType, of);
}

function writeTensorType(of: { value: Value; parts: ModelParts }, writer: PbfWriter): void {
  writer.writeVarintField(1, onnxTypes[of.value.type]);
  writer.writeMessage(2, writeShape, of);
}

function writeShape({ value, parts }: { value: Value; parts: ModelParts }, writer: PbfWriter): void {
  physicalShape(value).forEach((size, axis) => {
    writer.writeMessage(1, writeDimension, parts.dimension?.(value, axis, size) ?? size);
  });
}

function writeDimension(size: string | number, writer: PbfWriter): void {
  if (typeof size === 'string') writer.writeStringField(2, size);
  else writer.writeVarintField(1, size);
}
