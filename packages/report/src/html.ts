/** Text that is HTML already; all other text is escaped where it meets one. */
export interface Html {
  readonly html: string;
}

type Content = Html | string | number | false | undefined | readonly Content[];

/**
 * A template of HTML: what is put into it is escaped unless it is HTML itself.
 *
 * @example
 * ```ts
 * html`<p title="${'"'}">${['a < b', html`<br>`]}</p>`.html; // '<p title="&quot;">a &lt; b<br></p>'
 * ```
 */
export function html(strings: TemplateStringsArray, ...contents: readonly Content[]): Html {
  const [first, ...rest] = strings;
  return { html: rest.reduce((text, part, i) => text + render(contents[i]) + part, first!) };
}

/** Declares a text of our own to be HTML. */
export function trusted(text: string): Html {
  return { html: text };
}

function render(content: Content): string {
  if (content === undefined || content === false) return '';
  if (typeof content === 'string') return escapeText(content);
  if (typeof content === 'number') return String(content);
  if ('html' in content) return content.html;
  return content.map(render).join('');
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
