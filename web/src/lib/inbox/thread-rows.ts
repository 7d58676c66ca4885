import type { CaseEvent, Message, Outgoing, ThreadItem } from '../../api/desk'
import type { Waiting } from '../../api/send-queue'
import { plainText } from '../plain-text'
import { dayKey } from '../time'

/** Messages of one person that follow each other this closely are one group. */
const GROUP_MS = 10 * 60_000

export type ThreadRow =
  | { readonly type: 'day'; readonly key: string; readonly at: string }
  | { readonly type: 'new'; readonly key: string }
  | {
      readonly type: 'message'
      readonly key: string
      readonly item: Message
      /** Whether it opens a group of one sender, and shows the name. */
      readonly first: boolean
    }
  | { readonly type: 'events'; readonly key: string; readonly items: readonly CaseEvent[] }
  | { readonly type: 'outgoing'; readonly key: string; readonly item: Outgoing }

export const atOf = (item: ThreadItem): string =>
  item.type === 'event' ? item.at : item.type === 'outgoing' ? item.send_at : item.occurred_at

export const isNote = (m: Message): boolean => m.type === 'note' || m.direction === 'internal' || m.kind === 'note'

export const senderOf = (m: Message): string => {
  if (m.direction === 'in') return 'in'
  const agent = (m.participants ?? []).find((p) => p.role === 'agent')
  return `${isNote(m) ? 'note' : 'out'} ${m.author_id || agent?.value || agent?.name || ''}`
}

/** "Seen" stands under the last answer that was seen; it says so of those above. Oldest first. */
export function seenOnce(items: readonly ThreadItem[]): readonly ThreadItem[] {
  const seen = (i: ThreadItem) => i.type === 'message' && i.delivery?.state === 'seen'
  const last = items.findLastIndex(seen)
  return items.map((item, n) => {
    if (n >= last || item.type !== 'message' || item.delivery?.state !== 'seen') return item
    const { delivery: _, ...rest } = item
    return rest
  })
}

/**
 * Whether what a person sends stands in the conversation already: the live stream
 * may bring it before the answer to its request, and it must not be seen twice.
 */
export function hasArrived(w: Waiting, items: readonly ThreadItem[], me: string): boolean {
  if (w.note)
    return items.some((i) => i.type !== 'event' && i.type !== 'outgoing' && i.external_id.endsWith(`:${w.key}`))
  const known = w.reply?.seen_outgoing ?? []
  const mine = items.filter((i) => i.type === 'outgoing' && i.author_id === me && !known.includes(i.id)) as Outgoing[]
  const text = plainText(w.html)
  return mine.some((i) => plainText(i.content?.html ?? '') === text)
}

/**
 * Lays a conversation out, oldest first: day headers, the line above what is new,
 * messages in groups of one sender, and what happened in between. What waits to be
 * sent stands last. Keys stay the same when older messages are put in front.
 */
export function threadRows(items: readonly ThreadItem[], readSeq: number): readonly ThreadRow[] {
  const rows: ThreadRow[] = []
  const waiting: ThreadRow[] = []
  let day = ''
  let marked = readSeq <= 0
  let last: Message | undefined
  for (const item of items) {
    if (item.type === 'outgoing') {
      waiting.push({ type: 'outgoing', key: item.id, item })
      continue
    }
    const at = atOf(item)
    const key = dayKey(at)
    if (key !== day) {
      day = key
      last = undefined
      rows.push({ type: 'day', key: `day:${key}`, at })
    }
    if (item.type === 'event') {
      if (item.undone) continue
      const before = rows[rows.length - 1]
      if (before?.type === 'events') rows[rows.length - 1] = { ...before, items: [...before.items, item] }
      else rows.push({ type: 'events', key: `events:${item.id}`, items: [item] })
      last = undefined
      continue
    }
    if (!marked && item.seq > readSeq && item.direction === 'in') {
      marked = true
      last = undefined
      // Above everything is no news: the whole conversation is new then.
      if (rows.some((r) => r.type === 'message')) rows.push({ type: 'new', key: 'new' })
    }
    const close =
      last !== undefined &&
      senderOf(last) === senderOf(item) &&
      last.channel === item.channel &&
      Date.parse(item.occurred_at) - Date.parse(last.occurred_at) < GROUP_MS
    rows.push({ type: 'message', key: item.id, item, first: !close })
    last = item
  }
  return [...rows, ...waiting]
}
