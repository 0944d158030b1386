/** XML as a tree whose elements know their line, by `saxes`. Prefixes are dropped: what a namespace is called does not matter. */
import { SaxesParser } from 'saxes';
import { UsageError } from '#base/assert';

export interface XmlElement {
  /** Without its prefix. */
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

interface OpenElement extends XmlElement {
  readonly children: XmlElement[];
  text: string;
}

/** Depth of a document; UCIS is not half as deep but for nested blocks. */
const DEPTH_MAX = 200;

/** @throws UsageError `bad-xml` with line and column of what is not well-formed. */
export function parseXml(text: string): XmlElement {
  const parser = new SaxesParser<{ readonly position: true; readonly xmlns: false }>({
    position: true,
    xmlns: false,
  });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let line = 1;
  // The parser stands behind a tag when it tells of it.
  parser.on('opentagstart', () => {
    line = parser.line;
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length >= DEPTH_MAX)
      throw badXml(line, `more than ${DEPTH_MAX} elements in each other`);
    open.push({ name: localName(name), attributes, children: [], text: '', line });
  });
  parser.on('text', (piece) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  });
  parser.on('cdata', (piece) => {
    const element = open.at(-1);
    if (element !== undefined) element.text += piece;
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    const parent = open.at(-1);
    if (parent === undefined) root = element;
    else parent.children.push(element);
  });
  parser.on('error', (error) => {
    // The message of the parser begins with the place.
    throw badXml(parser.line, error.message.replace(/^\d+:\d+: /, ''));
  });
  parser.write(text).close();
  if (root === undefined) throw badXml(1, 'there is no element');
  return root;
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function badXml(line: number, message: string): UsageError {
  return new UsageError('bad-xml', `line ${line}: this is no XML: ${message}`);
}
