/** A header of 3×2×2 bytes with fields replaced, added or, where undefined, left out; `ElementDataFile` comes last. */
export function headerText(
  fields: Readonly<Record<string, string | number | undefined>> = {},
  { lineEnd = '\n' }: { lineEnd?: string } = {},
): string {
  const { ElementDataFile = 'LOCAL', ...others } = fields;
  const all = { NDims: 3, DimSize: '3 2 2', ElementType: 'MET_UCHAR', ...others, ElementDataFile };
  return Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key} = ${value}${lineEnd}`)
    .join('');
}

/** The bytes of {@link headerText}, and of data that follow it. */
export function headerBytes(
  fields?: Readonly<Record<string, string | number | undefined>>,
  data: Uint8Array = new Uint8Array(),
): Uint8Array {
  return new Uint8Array(Buffer.concat([Buffer.from(headerText(fields)), data]));
}
