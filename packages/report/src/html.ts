/** Text that is HTML already; all other text is escaped where it meets one. */
export interface Html {
  readonly html: string;
}

type Content = Html | string | number | false | null | undefined | readonly Content[];

/** All that was made here: an object from a file may look like HTML, and is none. */
const made = new WeakSet<object>();

/**
 * A template of HTML: what is put into it is escaped unless a template or `trusted` made it.
 *
 * @throws {TypeError} if it is another object, or true, as untyped data may hold.
 * @example
 * ```ts
 * html`<p title="${'"'}">${['a < b', html`<br>`]}</p>`.html; // '<p title="&quot;">a &lt; b<br></p>'
 * ```
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const [first, ...rest] = strings;
  return trusted(rest.reduce((text, part, i) => text + render(contents[i]) + part, first!));
}

/** Declares a text of our own to be HTML. */
export function trusted(text: string): Html {
  const html = Object.freeze({ html: text });
  made.add(html);
  return html;
}

function render(content: Content): string {
  if (content === undefined || content === null || content === false) return '';
  if (typeof content === 'string') return escapeText(content);
  if (typeof content === 'number') return String(content);
  if (isList(content)) return content.map(render).join('');
  if (made.has(content)) return content.html;
  throw new TypeError(`Cannot write ${JSON.stringify(content)} into a page: give a text or a number`);
}

/** `Array.isArray`, which tells no readonly array from others. */
function isList(content: Html | readonly Content[]): content is readonly Content[] {
  return Array.isArray(content);
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character]!);
}
