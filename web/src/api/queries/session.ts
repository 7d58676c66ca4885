import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { wipe } from '../../lib/vault'
import { del, get, post } from '../client'
import type { Session } from '../types'

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => get<Session>('/v1/session', undefined, signal),
  staleTime: Number.POSITIVE_INFINITY,
})

/** Everything that was read belongs to the session that read it. */
function enter(client: QueryClient): Promise<Session> {
  client.clear()
  return client.fetchQuery({ ...sessionQuery, staleTime: 0 })
}

export async function signIn(client: QueryClient, email: string, password: string, code = ''): Promise<Session> {
  await post('/v1/session', { email, password, ...(code ? { code } : {}) })
  return enter(client)
}

export async function signInByLink(client: QueryClient, token: string): Promise<Session> {
  await post('/v1/session/link', { token })
  return enter(client)
}

export interface Setup {
  readonly token: string
  readonly firm: string
  readonly name: string
  readonly email: string
  readonly password: string
}

export async function setUp(client: QueryClient, input: Setup): Promise<Session> {
  await post('/v1/setup', input)
  return enter(client)
}

export async function signOut(client: QueryClient): Promise<void> {
  await del('/v1/session')
  await wipe()
  client.clear()
}
