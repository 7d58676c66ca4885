import { createStore, useStore } from '../lib/store'
import type { Presence } from './desk'

/** Who is not heard of this long has left. */
const GONE_MS = 25_000

interface Seen extends Presence {
  readonly until: number
}
const seen = createStore<ReadonlyMap<string, readonly Seen[]>>(new Map())

/** Takes in who looks at a conversation or writes in it; nothing of this is kept. */
export function heard(caseId: string, who: Presence, now: number): void {
  seen.set((old) => {
    const others = (old.get(caseId) ?? []).filter((p) => p.user_id !== who.user_id && p.until > now)
    const next = who.state === 'left' ? others : [...others, { ...who, until: now + GONE_MS }]
    const map = new Map(old)
    if (next.length > 0) map.set(caseId, next)
    else map.delete(caseId)
    return map
  })
  if (who.state !== 'left') setTimeout(() => expire(caseId), GONE_MS + 100)
}

function expire(caseId: string): void {
  const now = Date.now()
  seen.set((old) => {
    const here = old.get(caseId)
    if (!here?.some((p) => p.until <= now)) return old
    const map = new Map(old)
    const left = here.filter((p) => p.until > now)
    if (left.length > 0) map.set(caseId, left)
    else map.delete(caseId)
    return map
  })
}

const NOBODY: readonly Presence[] = []

/** The colleagues who are in a conversation right now, without oneself. */
export function usePresence(caseId: string, me: string): readonly Presence[] {
  const here = useStore(seen).get(caseId)
  if (!here) return NOBODY
  const others = here.filter((p) => p.user_id !== me)
  return others.length === 0 ? NOBODY : others
}

export const presenceNow = (): ReadonlyMap<string, readonly Presence[]> => seen.get()
