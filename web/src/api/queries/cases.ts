import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import { overlay } from '../../lib/inbox/pending'
import { placeCase } from '../../lib/inbox/place'
import { type CaseSearch, fromText, toQuery } from '../../lib/inbox/query'
import { atOf } from '../../lib/inbox/thread-rows'
import { list } from '../../lib/list'
import { get, post } from '../client'
import type { Case, CaseDetail, CaseSet, Changed, Counts, Message, ThreadItem } from '../desk'
import type { components } from '../schema'
import type { Page } from '../types'
import { mySettingsQuery, splitViews, viewsQuery } from './desk'
import { nextCursor, type Pages, withHead } from './pages'
import { sessionQuery } from './session'

/** Rows of a page. */
export const LIMIT = 50

export const caseKeys = {
  all: ['cases'] as const,
  lists: ['cases', 'list'] as const,
  list: (s: CaseSearch) => ['cases', 'list', s] as const,
  one: (id: string) => ['cases', 'one', id] as const,
  thread: (id: string) => ['cases', 'thread', id] as const,
  counts: ['cases', 'counts'] as const,
  of: (customerId: string) => ['cases', 'of', customerId] as const,
}

export const casesQuery = (search: CaseSearch) =>
  infiniteQueryOptions({
    queryKey: caseKeys.list(search),
    queryFn: ({ pageParam, signal }) =>
      get<Page<Case>>('/v1/cases', { ...toQuery(search), cursor: pageParam, limit: LIMIT }, signal),
    initialPageParam: '',
    getNextPageParam: nextCursor,
  })

export const countsQuery = queryOptions({
  queryKey: caseKeys.counts,
  queryFn: ({ signal }) => get<Counts>('/v1/cases/counts', undefined, signal),
})

export const caseQuery = (id: string) =>
  queryOptions({
    queryKey: caseKeys.one(id),
    queryFn: ({ signal }) => get<CaseDetail>(`/v1/cases/${id}`, undefined, signal),
  })

/** Newest first, as the server pages it. */
export const threadQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: caseKeys.thread(id),
    queryFn: ({ pageParam, signal }) =>
      get<Page<ThreadItem>>(`/v1/cases/${id}/messages`, { cursor: pageParam, limit: LIMIT }, signal),
    initialPageParam: '',
    getNextPageParam: nextCursor,
  })

/** The other conversations of a customer, whatever their state. */
export const customerCasesQuery = (customerId: string) =>
  queryOptions({
    queryKey: caseKeys.of(customerId),
    queryFn: ({ signal }) =>
      get<Page<Case>>(
        '/v1/cases',
        { customer: customerId, queue: 'all', status: 'any', sort: 'newest', limit: 30 },
        signal,
      ),
    enabled: customerId !== '',
  })

/** Reads what opening a conversation needs, before it is opened. */
export function prefetchCase(client: QueryClient, id: string): void {
  void client.prefetchQuery(caseQuery(id))
  void client.prefetchInfiniteQuery(threadQuery(id))
}

export const myId = (client: QueryClient): string => client.getQueryData(sessionQuery.queryKey)?.user_id ?? ''

/** The newest that is known of a conversation, from wherever it was read. */
export function knownCase(client: QueryClient, id: string): Case | undefined {
  const one = client.getQueryData<CaseDetail>(caseKeys.one(id))
  if (one) return one
  for (const [, pages] of client.getQueriesData<Pages<Case>>({ queryKey: caseKeys.lists })) {
    for (const page of pages?.pages ?? []) {
      const hit = list(page.items).find((c) => c.id === id)
      if (hit) return hit
    }
  }
  return undefined
}

/** The newest state that was shown of each conversation: an answer that comes late must not bring back an old one. */
const versions = new Map<string, number>()

/** Shows a conversation's new state everywhere it is loaded, and in lists that it now belongs to. */
export function putCase(client: QueryClient, c: Case): void {
  if (c.version < (versions.get(c.id) ?? 0)) return
  versions.set(c.id, c.version)
  const me = myId(client)
  const splits = splitViews(
    client.getQueryData(viewsQuery.queryKey),
    client.getQueryData(mySettingsQuery.queryKey)?.splits,
  ).map((v) => fromText(v.query, v.id))
  client.setQueryData<CaseDetail>(caseKeys.one(c.id), (old) => (old ? merged(old, c) : old))
  for (const query of client.getQueryCache().findAll({ queryKey: caseKeys.lists })) {
    const search = query.queryKey[2] as CaseSearch
    client.setQueryData<Pages<Case>>(query.queryKey, (old) => (old ? placeCase(old, c, search, me, splits) : old))
  }
  client.setQueryData<Page<Case>>(caseKeys.of(c.customer_id), (old) =>
    old ? { ...old, items: list(old.items).map((i) => (i.id === c.id ? c : i)) } : old,
  )
}

/** What only the detail knows stays; times that ended must not. */
function merged(old: CaseDetail, c: Case): CaseDetail {
  const { sla, viewers, inbox, channels, survey } = old
  return {
    ...(sla ? { sla } : {}),
    ...(viewers ? { viewers } : {}),
    ...(inbox ? { inbox } : {}),
    ...(channels ? { channels } : {}),
    ...(survey ? { survey } : {}),
    ...c,
  }
}

let countTimer: ReturnType<typeof setTimeout> | undefined
/** Counts are read again soon, but a storm of changes costs one read a second. */
export function countsChanged(client: QueryClient): void {
  if (countTimer !== undefined) return
  countTimer = setTimeout(() => {
    countTimer = undefined
    void client.invalidateQueries({ queryKey: caseKeys.counts })
    void client.invalidateQueries({ queryKey: ['notifications'] })
  }, 700)
}

export const changeCases = (ids: readonly string[], set: CaseSet, ifAssignee?: string): Promise<Changed> =>
  post<Changed>('/v1/cases/changes', { ids, set, ...(ifAssignee === undefined ? {} : { if_assignee: ifAssignee }) })

export const previewChange = (ids: readonly string[], set: CaseSet): Promise<Changed> =>
  post<Changed>('/v1/cases/changes', { ids, set, preview: true })

export const undoChange = (changeId: string): Promise<Changed> => post<Changed>(`/v1/changes/${changeId}/undo`)

export const claimCase = (id: string, ifAssignee: string): Promise<Case> =>
  post<Case>(`/v1/cases/${id}/claim`, { if_assignee: ifAssignee })

export const markCaseRead = (id: string, seq: number): Promise<void> => post(`/v1/cases/${id}/read`, { seq })
export const markCaseUnread = (id: string): Promise<void> => post(`/v1/cases/${id}/unread`)
export const sayPresence = (id: string, state: 'viewing' | 'typing' | 'left'): Promise<void> =>
  post(`/v1/cases/${id}/presence`, { state })

type Mention = components['schemas']['Mention']

/** Puts the mentions of oneself in a conversation away, or back. The conversation stays as it is for the others. */
export async function archiveMentions(id: string, archived: boolean): Promise<void> {
  const page = await get<Page<Mention>>('/v1/mentions', { archived: !archived, limit: 100 })
  const own = list(page.items).filter((m) => m.case_id === id)
  for (const m of own) await post(`/v1/cases/${id}/mentions/${m.interaction_id}/archive`, { archived })
}

interface Moved {
  readonly change_id: string
  readonly case: Case
}
export const mergeCase = (id: string, other: string): Promise<Moved> => post<Moved>(`/v1/cases/${id}/merge`, { other })
export const splitCase = (id: string, interactionIds: readonly string[]): Promise<Moved> =>
  post<Moved>(`/v1/cases/${id}/split`, { interaction_ids: interactionIds })
export const linkJourney = (id: string, journeyId: string): Promise<Moved> =>
  post<Moved>(`/v1/cases/${id}/journey`, { journey_id: journeyId })

export const addNote = (
  id: string,
  note: {
    html: string
    text: string
    mentions: readonly string[]
    attachments: readonly string[]
    idempotency_key: string
  },
): Promise<Message> => post<Message>(`/v1/cases/${id}/note`, note)

export const forwardCase = (
  id: string,
  body: { to: readonly string[]; html: string; attachments: readonly string[]; include: readonly string[] },
): Promise<unknown> => post(`/v1/cases/${id}/forward`, body)

const newer = (a: ThreadItem, b: ThreadItem): boolean => atOf(a) > atOf(b) || (atOf(a) === atOf(b) && a.id > b.id)

/** Brings the newest page of a loaded conversation up to date; older pages stay. */
export async function refreshThread(client: QueryClient, id: string): Promise<void> {
  if (!client.getQueryData(caseKeys.thread(id))) return
  const head = await get<Page<ThreadItem>>(`/v1/cases/${id}/messages`, { limit: LIMIT })
  client.setQueryData<Pages<ThreadItem>>(caseKeys.thread(id), (old) => (old ? withHead(old, head, newer) : old))
}

/** Re-reads one conversation and its thread, wherever they are loaded. */
export async function refreshCase(client: QueryClient, id: string): Promise<void> {
  const fresh = await get<CaseDetail>(`/v1/cases/${id}`)
  client.setQueryData<CaseDetail>(caseKeys.one(id), (old) => (old && old.version <= fresh.version ? fresh : old))
  putCase(client, overlay(fresh))
}
