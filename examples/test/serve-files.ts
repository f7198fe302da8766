import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

const types: Readonly<Record<string, string>> = {
  html: 'text/html',
  js: 'text/javascript',
  json: 'application/json',
  wasm: 'application/wasm',
};

/** A web server on this machine alone. */
export interface FileServer extends AsyncDisposable {
  readonly url: string;
}

/** The contents of files by name. */
export type Files = Readonly<Record<string, string | Uint8Array>>;

/** Serves files from memory, by name, at a port that is free; every answer carries `headers`. */
export async function serveFiles(
  files: Files,
  headers: Readonly<Record<string, string>> = {},
): Promise<FileServer> {
  const server = createServer(({ url = '/' }, response) => {
    const name = url.slice(1);
    if (!Object.hasOwn(files, name)) return response.writeHead(404).end();
    const type = types[name.replace(/^.*\./, '')] ?? 'application/octet-stream';
    return response.writeHead(200, { ...headers, 'content-type': type }).end(files[name]);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
