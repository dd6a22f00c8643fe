/** Breaks a text into lines of at most `width` characters: at spaces, else behind a separator, else anywhere. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const separator = Math.max(...['/', ',', '}'].map((mark) => rest.lastIndexOf(mark, width - 1))) + 1;
    const at = space > 0 ? space : separator > width / 2 ? separator : width;
    lines.push(rest.slice(0, at));
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
