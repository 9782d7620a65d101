/** Entities such as `&amp;` and `&#8211;`, which Markdown has in common with HTML. */
import { verbatim, type Positions } from './positions';

const ENTITY = /&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z][A-Za-z\d]{1,31});/g;

const known = new Map<string, string>();
let scratch: HTMLTextAreaElement | undefined;

/** What an entity stands for; itself where it is none. */
function decode(entity: string): string {
  let text = known.get(entity);
  if (text === undefined) {
    // The element holds nothing but text, and the entity is all that it is given.
    scratch ??= document.createElement('textarea');
    scratch.innerHTML = entity;
    text = scratch.value;
    known.set(entity, text);
  }
  return text;
}

/** The text with its entities decoded, and where it stands. */
export function decodeEntities(text: string, at: Positions): { text: string; at: Positions } {
  if (!text.includes('&')) return { text, at };
  let decoded = '';
  const places: number[] = [];
  let done = 0;
  const keep = (end: number): void => {
    decoded += text.slice(done, end);
    for (let i = done; i < end; i++) places.push(at[i]!);
  };
  for (const match of text.matchAll(ENTITY)) {
    keep(match.index);
    const shown = decode(match[0]);
    decoded += shown;
    // Its units all begin where the entity does.
    for (let i = 0; i < shown.length; i++) places.push(at[match.index]!);
    done = match.index + match[0].length;
  }
  keep(text.length);
  places.push(at[text.length] ?? verbatim(0)[0]!);
  return { text: decoded, at: Int32Array.from(places) };
}
