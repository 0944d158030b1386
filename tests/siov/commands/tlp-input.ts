// TLPs as people write them: hexadecimal digits with whatever separates them, and the lines of our own reports.
//
//   00040010 a5cd09f8 1600a358      00:04:00:10:…      0x00, 0x04, 0x00, 0x10, …      0004_0010_…
import { UsageError } from '#base/assert';
import { hexToBytes } from '#base/bytes';

/** Digits of a DW: no TLP is that short, so words of no more are pieces of one. */
const PIECE_DIGITS = 8;
const SEPARATORS = /[\s:_,;[\](){}]+/;
/** A line of failure.md that tells when a TLP passed; the line below it holds the bytes. */
const TIME_LINE = /^>?\s*\d+\.\d{6} us (?:up|down)\b/;
/** Heading of the TLPs in failure.md. */
const HEADING = /^Times at the host:/;
/** First line of failure.md. */
const REPORT_HEADING = /^# (?:FAIL|ERROR|SKIP) \S+ seed \d+$/;
const CUT_SHORT = '…';
/** Lines of a printed run.json that hold no bytes. */
const JSON_LINE = /^(?:[[\]{}]+,?|\{?"[^"]*": ?.*)$/;
const JSON_HEX = /"hex": ?"([0-9a-fA-F]*)"/g;

/**
 * The TLPs of the command's words: one each; words that are all shorter than a DW's worth of digits are pieces of one TLP.
 * @throws UsageError `bad-hex`.
 */
export function tlpsOfWords(words: readonly string[]): Uint8Array[] {
  const isPieces = words.length > 1 && words.every((word) => digitsOf(word).length <= PIECE_DIGITS);
  const texts = isPieces ? [words.join(' ')] : words;
  return texts.map((text) => bytesOf(text, `'${text}'`));
}

/** Reads lines, one after the other: what a line is may depend on those before it. */
export class TlpLines {
  private number = 0;
  /** It is a failure.md: everything but the TLPs is about something else. */
  private isReport = false;
  private isBelowTime = false;
  private readonly onCut: (message: string) => void;

  /** @param onCut is told of TLPs in failure.md that are not there to the end. */
  constructor(onCut: (message: string) => void) {
    this.onCut = onCut;
  }

  /**
   * The TLPs of the next line: one in most; none in an empty line, a comment, the lines around the bytes in failure.md and
   * run.json; several where run.json is in one line. Of a whole failure.md only the lines below those that tell a time.
   * @throws UsageError `bad-hex` for anything else.
   */
  take(line: string): Uint8Array[] {
    this.number++;
    const text = line.trim();
    if (REPORT_HEADING.test(text)) this.isReport = true;
    const isBytes = this.isBelowTime;
    this.isBelowTime = TIME_LINE.test(text);
    if (this.isReport && !isBytes) return [];
    return this.tlpsOf(text, `line ${this.number}`);
  }

  private tlpsOf(text: string, where: string): Uint8Array[] {
    const found = [...text.matchAll(JSON_HEX)].map(([, digits]) => bytesOf(digits, where));
    if (found.length > 0) return found;
    const digits = text.replace(/(?:^|\s)(?:#|\/\/).*$/, '').trim();
    if (digits === '' || digits.startsWith('```') || TIME_LINE.test(text)) return [];
    if (JSON_LINE.test(text) || HEADING.test(text)) return [];
    if (!digits.endsWith(CUT_SHORT)) return [bytesOf(digits, where)];
    const message = `${where}: the bytes are cut short; run.json has all of them`;
    if (!this.isReport) throw new UsageError('bad-hex', message);
    this.onCut(message);
    return [];
  }
}

/** @throws UsageError `bad-hex` that says where, and what is wrong. */
function bytesOf(text: string, where: string): Uint8Array {
  const digits = digitsOf(text);
  try {
    if (digits === '') throw new UsageError('bad-hex', 'expected hexadecimal digits, got none');
    return hexToBytes(digits);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError('bad-hex', `${where}: ${error.message}`);
  }
}

/** Digits without what separates them; `0x4` is a byte. */
function digitsOf(text: string): string {
  return text
    .split(SEPARATORS)
    .map((word) => word.replace(/^0x/i, ''))
    .map((digits, _at, all) => (digits.length === 1 && all.length > 1 ? `0${digits}` : digits))
    .join('');
}
