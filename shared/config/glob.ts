/** True when the text matches the glob, where `*` stands for any text without a slash. No regular expression is ever made of it. */
export function matchesGlob(glob: string, text: string): boolean {
  const [globs, texts] = [glob.split("/"), text.split("/")];
  return globs.length === texts.length && globs.every((part, index) => matchesPart(part, texts[index] ?? ""));
}

/** Takes each piece between stars at its earliest place; the last must stand at the end. */
function matchesPart(glob: string, text: string): boolean {
  const [first = "", ...pieces] = glob.split("*");
  const last = pieces.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let rest = text.slice(first.length, text.length - last.length);
  for (const piece of pieces) {
    const at = rest.indexOf(piece);
    if (at < 0) return false;
    rest = rest.slice(at + piece.length);
  }
  return true;
}
