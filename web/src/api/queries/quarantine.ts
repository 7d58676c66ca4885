import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { get, post } from '../client'
import type { Page, QuarantineItem } from '../types'
import { nextCursor } from './pages'

export const quarantineKey = ['quarantine'] as const

export const quarantineQuery = infiniteQueryOptions({
  queryKey: quarantineKey,
  queryFn: ({ pageParam, signal }) =>
    get<Page<QuarantineItem>>('/v1/quarantine', { cursor: pageParam, limit: 100 }, signal),
  initialPageParam: '',
  getNextPageParam: nextCursor,
})

export async function retryItem(client: QueryClient, id: string): Promise<void> {
  try {
    await post(`/v1/quarantine/${id}/retry`)
  } finally {
    await client.invalidateQueries({ queryKey: quarantineKey })
  }
}

export async function discardItem(client: QueryClient, id: string): Promise<void> {
  await post(`/v1/quarantine/${id}/discard`)
  await client.invalidateQueries({ queryKey: quarantineKey })
}
