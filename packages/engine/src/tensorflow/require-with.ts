import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { compileFunction } from 'node:vm';

/**
 * A `require` for absolute paths of CommonJS files, which get `replacements` for what they require by those names.
 *
 * Node's own would look for them beside the files, and find none or another copy.
 */
export function requireWith(replacements: ReadonlyMap<string, unknown>): (path: string) => unknown {
  const loaded = new Map<string, { exports: unknown }>();
  const load = (file: string): unknown => {
    const before = loaded.get(file);
    if (before !== undefined) return before.exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const requireOther = createRequire(file);
    const requireFrom = (request: string): unknown => {
      if (replacements.has(request)) return replacements.get(request);
      return request.startsWith('.') ? load(`${join(dirname(file), request)}.js`) : requireOther(request);
    };
    compileFunction(readFileSync(file, 'utf8'), ['exports', 'require', 'module'], { filename: file })(
      module.exports,
      requireFrom,
      module,
    );
    return module.exports;
  };
  return load;
}
