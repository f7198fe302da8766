import { encode } from 'fast-png';

/** A greyscale picture, row-major, one byte a pixel, as a PNG in a data URL. */
export function greyPng(data: Uint8Array, width: number, height: number): string {
  const bytes = encode({ width, height, data, channels: 1, depth: 8 });
  // In parts, as a call takes a limited count of arguments.
  let binary = '';
  for (let start = 0; start < bytes.length; start += 8192) {
    binary += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return `data:image/png;base64,${btoa(binary)}`;
}
