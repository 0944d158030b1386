// Text that comes from a device or a testbench, made safe to show. Source: issue "The command"; dependencies,
// junit-report-builder (control characters must not reach XML).

/**
 * Control characters but line ends and tabs made visible, those that turn the direction of writing, and halves of surrogate
 * pairs: nothing in the text can then play tricks on a terminal or a reader, or make XML ill-formed.
 */
export function cleanText(text: string): string {
  return (
    text
      // oxlint-disable-next-line no-control-regex -- they are what is looked for
      .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\ufffe\uffff]/g, visible)
      .replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, visible)
      .replaceAll(
        /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
        visible,
      )
  );
}

function visible(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
