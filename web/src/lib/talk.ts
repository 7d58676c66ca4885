import type { Interaction, Turn } from '../api/types'
import { bodyOffset } from './spans'

type Said = Pick<Interaction, 'subject' | 'text' | 'turns'>

/** The words of a turn; spans count the UTF-8 of subject, line break and text. */
export function turnText(item: Said, turn: Turn): string {
  const from = bodyOffset(item.subject)
  const bytes = new TextEncoder().encode(item.text)
  return new TextDecoder().decode(bytes.subarray(Math.max(0, turn.span.from - from), Math.max(0, turn.span.to - from)))
}

/** What somebody noted above the transcript. */
export function noteAbove(item: Said): string {
  const first = item.turns?.[0]
  if (!first) return ''
  const bytes = new TextEncoder().encode(item.text)
  const head = new TextDecoder().decode(bytes.subarray(0, Math.max(0, first.span.from - bodyOffset(item.subject))))
  const end = head.lastIndexOf('\n\n')
  return end > 0 ? head.slice(0, end) : ''
}

/** "0:05", "12:40", "1:02:03": since the talk began. */
export function offsetTime(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const minutes = Math.floor(s / 60)
  return minutes < 60 ? `${minutes}:${two(s % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(s % 60)}`
}

/** The names in the voice tags of a WebVTT file, in their order. */
export function voicesOf(file: string): readonly string[] {
  const names = [...file.slice(0, 1_000_000).matchAll(/<v(?:\.[^\s>]*)?\s+([^>]+)>/g)].map((m) => (m[1] ?? '').trim())
  return [...new Set(names)].filter((n) => n !== '').slice(0, 20)
}
