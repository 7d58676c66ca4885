import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { del, get, post } from '../client'
import type { Intent, Key, NewKey, Page } from '../types'

export const intentsQuery = queryOptions({
  queryKey: ['intents'] as const,
  queryFn: ({ signal }) => get<Pick<Page<Intent>, 'items'>>('/v1/intents', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

const keysKey = ['keys'] as const

export const keysQuery = queryOptions({
  queryKey: keysKey,
  queryFn: ({ signal }) => get<Page<Key>>('/v1/keys', undefined, signal),
})

export async function createKey(client: QueryClient, name: string, scopes: readonly string[]): Promise<NewKey> {
  const made = await post<NewKey>('/v1/keys', { name, scopes })
  await client.invalidateQueries({ queryKey: keysKey })
  return made
}

export async function revokeKey(client: QueryClient, id: string): Promise<void> {
  await del(`/v1/keys/${id}`)
  await client.invalidateQueries({ queryKey: keysKey })
}
