import type { Case, CaseSet, TagRef } from '../../api/desk'
import type { Pages } from '../../api/queries/pages'
import { list } from '../list'
import { belongs, type CaseSearch, compare, full } from './query'

/**
 * Puts a changed conversation where it belongs in a loaded list: replaced, moved,
 * added or gone. A place beyond what is loaded is left to the next page.
 */
export function placeCase(
  old: Pages<Case>,
  c: Case,
  search: CaseSearch,
  me: string,
  splits: readonly CaseSearch[] = [],
): Pages<Case> {
  const fits = belongs(c, search, me, splits)
  const has = old.pages.some((p) => list(p.items).some((i) => i.id === c.id))
  if (!fits && !has) return old
  const { sort } = full(search)
  const pages = old.pages.map((p) => ({ ...p, items: list(p.items).filter((i) => i.id !== c.id) }))
  if (!fits) return { ...old, pages }
  for (const page of pages) {
    const at = page.items.findIndex((i) => compare(sort, c, i) < 0)
    if (at >= 0) {
      page.items.splice(at, 0, c)
      return { ...old, pages }
    }
  }
  const last = pages[pages.length - 1]
  if (!last || (last.next !== '' && !has)) return old
  last.items.push(c)
  return { ...old, pages }
}

export interface Names {
  readonly person: (id: string) => string
  readonly team: (id: string) => string
  readonly tag: (id: string) => TagRef | undefined
  readonly me: string
}

/** What a conversation looks like once a change is made; the server's answer replaces it. */
export function patched(c: Case, set: CaseSet, names: Names, now: number): Case {
  const tags = list(c.tags).filter((t) => !set.remove_tags?.includes(t.id))
  for (const id of set.add_tags ?? []) {
    const tag = names.tag(id)
    if (tag && !tags.some((t) => t.id === id)) tags.push(tag)
  }
  const status = set.snoozed_until ? 'snoozed' : (set.status ?? c.status)
  const { snoozed_until: _, done_at: __, ...rest } = c
  return {
    ...rest,
    status,
    tags,
    reason: set.reason ?? (status === 'todo' ? c.reason || 'next' : ''),
    priority: set.priority ?? c.priority,
    ...(set.assignee_id === undefined
      ? {}
      : { assignee_id: set.assignee_id, assignee_name: set.assignee_id ? names.person(set.assignee_id) : '' }),
    ...(set.team_id === undefined
      ? {}
      : { team_id: set.team_id, team_name: set.team_id ? names.team(set.team_id) : '' }),
    ...(status === 'snoozed' && (set.snoozed_until ?? c.snoozed_until)
      ? { snoozed_until: set.snoozed_until ?? c.snoozed_until ?? '' }
      : {}),
    ...(status === 'done' ? { done_at: c.done_at ?? new Date(now).toISOString() } : {}),
  }
}

/** Where the person goes on after the conversation at hand left the list. */
export function advance(
  ids: readonly string[],
  current: string,
  gone: ReadonlySet<string>,
  how: 'next' | 'previous' | 'list',
): string {
  if (how === 'list') return ''
  const at = ids.indexOf(current)
  const after = ids.slice(at + 1).find((id) => !gone.has(id)) ?? ''
  const before = ids.slice(0, Math.max(0, at)).findLast((id) => !gone.has(id)) ?? ''
  return how === 'next' ? after || before : before || after
}
