import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { list } from '../../lib/list'
import { wipe } from '../../lib/vault'
import { call, del, download, get, post, put } from '../client'
import type { components } from '../schema'
import type { Page } from '../types'
import { peopleQuery } from './desk'
import { sessionQuery } from './session'

type Schemas = components['schemas']
export type MySettings = Schemas['Personal']
export type OwnSession = Schemas['OwnSession']
export type OwnFactor = Schemas['OwnFactor']
export type NewFactor = Schemas['NewFactor']

export const askReset = (email: string): Promise<void> => post<void>('/v1/password/ask', { email })
export const resetPassword = (token: string, password: string): Promise<void> =>
  post<void>('/v1/password/reset', { token, password })

export async function changePassword(client: QueryClient, old: string, password: string): Promise<void> {
  await post('/v1/me/password', { old, password })
  await client.invalidateQueries({ queryKey: mySessionsQuery.queryKey })
}

export const mySessionsQuery = queryOptions({
  queryKey: ['my-sessions'] as const,
  queryFn: async ({ signal }) => list((await get<Page<OwnSession>>('/v1/me/sessions', undefined, signal)).items),
})

export async function endSession(client: QueryClient, id: string): Promise<void> {
  await del(`/v1/me/sessions/${id}`)
  await client.invalidateQueries({ queryKey: mySessionsQuery.queryKey })
}

export async function endOtherSessions(client: QueryClient): Promise<void> {
  await del('/v1/me/sessions', { others: true })
  await client.invalidateQueries({ queryKey: mySessionsQuery.queryKey })
}

/** Ends every sign-in, this one too. */
export async function endAllSessions(client: QueryClient): Promise<void> {
  await del('/v1/me/sessions')
  await wipe()
  client.clear()
}

/** Proves again who one is; the session goes on under a new name. */
export const prove = (proof: { readonly password?: string; readonly code?: string }): Promise<void> =>
  post<void>('/v1/me/prove', proof)

export const factorQuery = queryOptions({
  queryKey: ['my-second-factor'] as const,
  queryFn: ({ signal }) => get<OwnFactor>('/v1/me/second-factor', undefined, signal),
})

export const startFactor = (): Promise<NewFactor> => post<NewFactor>('/v1/me/second-factor')

export const confirmFactor = async (code: string): Promise<readonly string[]> =>
  list((await post<Schemas['RecoveryCodes']>('/v1/me/second-factor/confirm', { code })).codes)

export async function newRecoveryCodes(client: QueryClient): Promise<readonly string[]> {
  const made = await post<Schemas['RecoveryCodes']>('/v1/me/second-factor/recovery')
  await client.invalidateQueries({ queryKey: factorQuery.queryKey })
  return list(made.codes)
}

export async function dropFactor(client: QueryClient): Promise<void> {
  await del('/v1/me/second-factor')
  await factorChanged(client)
}

/** After the second factor went on or off, all that depends on it is read again. */
export async function factorChanged(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: factorQuery.queryKey }),
    client.invalidateQueries({ queryKey: mySessionsQuery.queryKey }),
    client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  ])
}

export async function resetFactor(client: QueryClient, id: string): Promise<void> {
  await del(`/v1/users/${id}/second-factor`)
  await client.invalidateQueries({ queryKey: peopleQuery.queryKey })
}

export const factorRulesQuery = queryOptions({
  queryKey: ['second-factor-rules'] as const,
  queryFn: async ({ signal }) =>
    list((await get<Schemas['FactorRules']>('/v1/second-factor', undefined, signal)).roles),
})

export async function setFactorRules(client: QueryClient, roles: readonly string[]): Promise<void> {
  const rules = await put<Schemas['FactorRules']>('/v1/second-factor', { roles })
  client.setQueryData(factorRulesQuery.queryKey, list(rules.roles))
  await client.invalidateQueries({ queryKey: factorQuery.queryKey })
}

/** After one's name or picture changed, it shows wherever one is named. */
async function meChanged(client: QueryClient): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
    client.invalidateQueries({ queryKey: peopleQuery.queryKey }),
  ])
}

export async function changeName(client: QueryClient, name: string): Promise<void> {
  await put('/v1/me/name', { name })
  await meChanged(client)
}

export async function changePicture(client: QueryClient, bytes: Blob): Promise<void> {
  await call('PUT', '/v1/me/picture', { bytes })
  await meChanged(client)
}

/** Removes one's picture, whose address this is; what it gives puts it back. */
export async function removePicture(client: QueryClient, address: string): Promise<() => Promise<void>> {
  const [path = '', query] = address.split('?')
  const old = await download(path, Object.fromEntries(new URLSearchParams(query)), 'picture')
  await del('/v1/me/picture')
  await meChanged(client)
  return () => changePicture(client, old)
}
