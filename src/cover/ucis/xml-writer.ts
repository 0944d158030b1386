/** XML as text, an element at a time, indented. Characters that XML 1.0 does not have become U+FFFD. */

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

export class XmlWriter {
  private readonly lines: string[] = ['<?xml version="1.0" encoding="UTF-8"?>'];
  private readonly open: string[] = [];

  /** An element with others inside, which `inside` writes. */
  element(name: string, attributes: Attributes, inside: () => void): void {
    this.line(`<${name}${attributesText(attributes)}>`);
    this.open.push(name);
    inside();
    this.open.pop();
    this.line(`</${name}>`);
  }

  /** An element that holds a text, or nothing. */
  leaf(name: string, attributes: Attributes, text = ''): void {
    const start = `<${name}${attributesText(attributes)}`;
    this.line(text === '' ? `${start}/>` : `${start}>${escaped(text)}</${name}>`);
  }

  /** The whole document. */
  text(): string {
    return `${this.lines.join('\n')}\n`;
  }

  private line(text: string): void {
    this.lines.push(`${' '.repeat(this.open.length)}${text}`);
  }
}

function attributesText(attributes: Attributes): string {
  return Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escaped(String(value))}"`)
    .join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

function escaped(text: string): string {
  return text.replaceAll(
    // eslint-disable-next-line no-control-regex -- these are what XML forbids
    /[&<>"\n\r\t]|[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/gu,
    (character) => ENTITIES[character] ?? '\ufffd',
  );
}
