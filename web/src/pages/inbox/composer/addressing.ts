import type { CaseDetail, DraftContent, Message, ThreadItem, Way } from '../../../api/desk'
import { isNote } from '../../../lib/inbox/thread-rows'
import { list } from '../../../lib/list'

export interface Addressing {
  readonly way: Way | undefined
  readonly to: readonly string[]
  readonly cc: readonly string[]
  readonly subject: string
}

/** The newest thing that the customer said. Items are newest first. */
export const newestIn = (items: readonly ThreadItem[]): Message | undefined =>
  items.find((i): i is Message => i.type !== 'event' && i.type !== 'outgoing' && i.direction === 'in' && !isNote(i))

const mailOf = (m: Message, role: string): readonly string[] =>
  list(m.participants)
    .filter((p) => p.role === role && p.kind === 'email')
    .map((p) => p.value)

/** Whom an answer goes to unless somebody changes it: who wrote last, with the same people in copy. */
export function defaults(item: CaseDetail, items: readonly ThreadItem[], draft: DraftContent | null): Addressing {
  const ways = list(item.channels)
  const way =
    ways.find((w) => w.channel === draft?.channel && (!draft?.inbox_id || w.inbox_id === draft.inbox_id)) ??
    ways.find((w) => w.channel === item.channel && w.inbox_id === item.inbox_id) ??
    ways.find((w) => w.channel === item.channel) ??
    ways[0]
  const last = newestIn(items)
  const own = new Set([item.inbox?.address ?? ''].filter(Boolean).map((a) => a.toLowerCase()))
  const to = list(draft?.to)
  const cc = list(draft?.cc)
  const from = last ? mailOf(last, 'from') : []
  return {
    way,
    to: to.length > 0 ? to : from.length > 0 ? from : way?.address ? [way.address] : [],
    cc: cc.length > 0 || draft?.to ? cc : last ? mailOf(last, 'cc').filter((a) => !own.has(a.toLowerCase())) : [],
    subject: draft?.subject ?? item.subject,
  }
}
