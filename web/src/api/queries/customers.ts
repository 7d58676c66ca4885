import { infiniteQueryOptions, type QueryClient, queryOptions } from '@tanstack/react-query'
import { get, post } from '../client'
import type { Customer, CustomerRow, Merge, MergePreview, Page } from '../types'
import { nextCursor, type Pages, withHead } from './pages'

export type CustomerFilter = 'all' | 'waiting' | 'open' | 'leaving' | 'unread'
export interface CustomerSearch {
  readonly q: string
  readonly filter: CustomerFilter
  readonly channel: string
}

const LIMIT = 100

export const customerKeys = {
  lists: ['customers', 'list'] as const,
  list: (s: CustomerSearch) => ['customers', 'list', s] as const,
  one: (id: string) => ['customers', 'one', id] as const,
}

export const customersQuery = (search: CustomerSearch) =>
  infiniteQueryOptions({
    queryKey: customerKeys.list(search),
    queryFn: ({ pageParam, signal }) =>
      get<Page<CustomerRow>>('/v1/customers', { ...search, cursor: pageParam, limit: LIMIT }, signal),
    initialPageParam: '',
    getNextPageParam: nextCursor,
    placeholderData: (old) => old,
  })

export const customerQuery = (id: string) =>
  queryOptions({
    queryKey: customerKeys.one(id),
    queryFn: ({ signal }) => get<Customer>(`/v1/customers/${id}`, undefined, signal),
  })

export const mergePreviewQuery = (id: string, other: string) =>
  queryOptions({
    queryKey: ['customers', 'merge-preview', id, other] as const,
    queryFn: ({ signal }) => get<MergePreview>(`/v1/customers/${id}/merge-preview`, { with: other }, signal),
    staleTime: 0,
  })

/** Re-reads the first page of every list on screen; the rest of a list stays as it is. */
export async function refreshCustomerLists(client: QueryClient): Promise<void> {
  const active = client.getQueryCache().findAll({ queryKey: customerKeys.lists, type: 'active' })
  client.invalidateQueries({ queryKey: customerKeys.lists, refetchType: 'none' })
  await Promise.all(
    active.map(async (query) => {
      const search = query.queryKey[2] as CustomerSearch
      if (search.q !== '') return client.refetchQueries({ queryKey: query.queryKey, exact: true })
      const head = await get<Page<CustomerRow>>('/v1/customers', { ...search, limit: LIMIT })
      client.setQueryData<Pages<CustomerRow>>(query.queryKey, (old) =>
        old ? withHead(old, head, (a, b) => a.last_at > b.last_at || (a.last_at === b.last_at && a.id !== b.id)) : old,
      )
    }),
  )
}

/** Everything that a change of identity may have touched. */
export async function identityChanged(client: QueryClient, id: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: customerKeys.one(id) }),
    client.invalidateQueries({ queryKey: ['timeline', id] }),
    client.invalidateQueries({ queryKey: ['journeys', 'of', id] }),
    client.invalidateQueries({ queryKey: customerKeys.lists }),
  ])
}

export async function merge(client: QueryClient, id: string, other: string, reason: string): Promise<Merge> {
  const done = await post<Merge>(`/v1/customers/${id}/merge`, { customer_id: other, reason })
  await identityChanged(client, id)
  return done
}

export async function undoMerge(client: QueryClient, mergeId: string, customerId: string): Promise<Merge> {
  const done = await post<Merge>(`/v1/merges/${mergeId}/undo`)
  await identityChanged(client, customerId)
  return done
}

export async function neverLink(client: QueryClient, id: string, other: string): Promise<void> {
  await post(`/v1/customers/${id}/never-link`, { customer_id: other })
  await client.invalidateQueries({ queryKey: customerKeys.one(id) })
}

export async function dismissSuggestion(client: QueryClient, id: string, suggestionId: string): Promise<void> {
  client.setQueryData<Customer>(customerKeys.one(id), (old) =>
    old ? { ...old, suggestions: (old.suggestions ?? []).filter((s) => s.id !== suggestionId) } : old,
  )
  try {
    await post(`/v1/suggestions/${suggestionId}/dismiss`)
  } finally {
    await client.invalidateQueries({ queryKey: customerKeys.one(id) })
  }
}

/** Remembers on the server that the signed-in person has seen what happened until then. */
export async function markRead(client: QueryClient, id: string, until: string): Promise<void> {
  client.setQueryData<Customer>(customerKeys.one(id), (old) => (old ? { ...old, unread: false } : old))
  await post(`/v1/customers/${id}/read`, { until })
  await refreshCustomerLists(client)
}
