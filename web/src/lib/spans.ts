import type { Span } from '../api/types'

export interface Segment {
  readonly text: string
  readonly marked: boolean
}

/**
 * Cuts a text at the byte offsets of spans, which count UTF-8 as the server does.
 * Offsets outside the text or inside a character are moved to the next boundary.
 */
export function segments(text: string, spans: readonly Span[], offset = 0): readonly Segment[] {
  const ranges = merged(text, spans, offset)
  const out: Segment[] = []
  let at = 0
  for (const [from, to] of ranges) {
    if (from > at) out.push({ text: text.slice(at, from), marked: false })
    out.push({ text: text.slice(from, to), marked: true })
    at = to
  }
  if (at < text.length) out.push({ text: text.slice(at), marked: false })
  return out
}

/** The words that a span covers. */
export function words(text: string, spans: readonly Span[], offset = 0): readonly string[] {
  return segments(text, spans, offset)
    .filter((s) => s.marked)
    .map((s) => s.text.trim())
    .filter((s) => s !== '')
}

/** UTF-8 length of a text; the body's spans begin after the subject and a newline. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length
}

/** Where the body begins in the text that a reading was made from. */
export function bodyOffset(subject: string | undefined): number {
  return subject ? byteLength(subject) + 1 : 0
}

/** Sorted, non-overlapping UTF-16 ranges of the spans that fall inside the text. */
function merged(text: string, spans: readonly Span[], offset: number): readonly (readonly [number, number])[] {
  const wanted = spans
    .map((s) => [s.from - offset, s.to - offset] as const)
    .filter(([from, to]) => to > 0 && to > from)
    .sort((a, b) => a[0] - b[0])
  if (wanted.length === 0) return []
  const index = utf16Index(text)
  const out: [number, number][] = []
  for (const [byteFrom, byteTo] of wanted) {
    const from = index(Math.max(0, byteFrom))
    const to = index(byteTo)
    if (to <= from) continue
    const last = out[out.length - 1]
    if (last && from <= last[1]) last[1] = Math.max(last[1], to)
    else out.push([from, to])
  }
  return out
}

/** Maps byte offsets to string indexes; calls must come in any order but stay cheap. */
function utf16Index(text: string): (byte: number) => number {
  const starts: number[] = []
  const at: number[] = []
  let bytes = 0
  let i = 0
  for (const char of text) {
    starts.push(bytes)
    at.push(i)
    const code = char.codePointAt(0) ?? 0
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
    i += char.length
  }
  return (byte) => {
    let low = 0
    let high = starts.length
    while (low < high) {
      const mid = (low + high) >> 1
      if ((starts[mid] ?? 0) < byte) low = mid + 1
      else high = mid
    }
    return at[low] ?? text.length
  }
}
