import { writeFile } from 'node:fs/promises';
import { crc32, deflateRawSync } from 'node:zlib';

/** A file of a made-up wheel; `crc32` and `bytes` are what it declares, if not the truth. */
export interface WheelEntry {
  readonly name: string;
  readonly content: string;
  readonly mode?: number;
  readonly crc32?: number;
  readonly bytes?: number;
}

/** A zip archive (APPNOTE 6.3.10, 4.3.7 and 4.3.12) of deflated files. */
function wheelBytes(entries: readonly WheelEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o644, ...declared } of entries) {
    const data = deflateRawSync(content);
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(declared.crc32 ?? crc32(content), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(declared.bytes ?? Buffer.byteLength(content), 18);
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, path, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(((0o100000 | mode) << 16) >>> 0, 6);
    rest.writeUInt32LE(offset, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x03'), common, rest, path]));
    locals.push(local);
    offset += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, directory, end]);
}

/** What the wheel of a tiny TensorFlow holds. */
export function tensorflowEntries({
  gpu = false,
  requires = '',
}: {
  gpu?: boolean;
  requires?: string;
} = {}): WheelEntry[] {
  return [
    { name: 'tensorflow/libtensorflow_cc.so.2', content: 'the C library', mode: 0o755 },
    { name: 'tensorflow/libtensorflow_framework.so.2', content: 'the framework', mode: 0o755 },
    { name: 'tensorflow/include/tensorflow/c/eager/c_api.h', content: '// the C API' },
    { name: 'tensorflow/include/LICENSE', content: 'Apache' },
    {
      name: 'tensorflow/python/platform/build_info.py',
      content: `[('is_cuda_build', ${gpu ? 'True' : 'False'})]`,
    },
    { name: 'tensorflow/python/keras.py', content: 'import antigravity' },
    { name: 'tensorflow-2.21.0.dist-info/METADATA', content: `Name: tensorflow\n${requires}` },
  ];
}

export async function writeWheel(file: string, entries: readonly WheelEntry[]): Promise<string> {
  await writeFile(file, wheelBytes(entries));
  return file;
}
