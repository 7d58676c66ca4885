import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { list } from '../../lib/list'
import { wipe } from '../../lib/vault'
import { del, get, patch, post, put } from '../client'
import type { components } from '../schema'
import type { Page, Session } from '../types'
import { inboxesQuery, peopleQuery, teamsQuery } from './desk'
import { sessionQuery } from './session'

type Schemas = components['schemas']

export type InboxView = Schemas['InboxView']
export type InboxChange = Schemas['InboxChange']
export type MailServer = Schemas['Server']
export type PrechatQuestion = Schemas['PrechatQuestion']
export type Found = Schemas['Found']
export type InboxHealth = Schemas['InboxHealth']
export type PartHealth = Schemas['PartHealth']
export type TestRun = Schemas['TestRun']
export type Invitation = Schemas['Invitation']
export type NewInvitation = Schemas['NewInvitation']
export type InvitationLook = Schemas['InvitationLook']
export type InviteRequest = Schemas['InviteRequest']
export type SetupState = Schemas['SetupState']
export type StepName = Schemas['SetupStep']['name']
export type SetupCheck = Schemas['SetupCheck']
export type Role = Schemas['Colleague']['role']

/** All of an inbox's settings; the desk's list knows only what a reply needs. */
export const inboxViewsQuery = queryOptions({
  queryKey: ['inboxes', 'settings'] as const,
  queryFn: async ({ signal }) => list((await get<Page<InboxView>>('/v1/inboxes', undefined, signal)).items),
})

export const healthQuery = queryOptions({
  queryKey: ['health'] as const,
  queryFn: async ({ signal }) => list((await get<Page<InboxHealth>>('/v1/health', undefined, signal)).items),
  refetchInterval: 10_000,
})

export const invitationsQuery = queryOptions({
  queryKey: ['invitations'] as const,
  queryFn: async ({ signal }) => list((await get<Page<Invitation>>('/v1/invitations', undefined, signal)).items),
})

export const stepsQuery = queryOptions({
  queryKey: ['setup-steps'] as const,
  queryFn: ({ signal }) => get<SetupState>('/v1/setup/steps', undefined, signal),
})

export const discover = (address: string): Promise<Found> => post<Found>('/v1/inboxes/discover', { address })

export async function saveInbox(client: QueryClient, id: string, change: InboxChange): Promise<InboxView> {
  const saved = id ? await put<InboxView>(`/v1/inboxes/${id}`, change) : await post<InboxView>('/v1/inboxes', change)
  await Promise.all([
    client.invalidateQueries({ queryKey: inboxesQuery.queryKey }),
    client.invalidateQueries({ queryKey: healthQuery.queryKey }),
    client.invalidateQueries({ queryKey: stepsQuery.queryKey }),
  ])
  return saved
}

/** Where to go to let the inbox sign in at its provider. */
export const connectInbox = (id: string): Promise<Schemas['SignInAt']> =>
  get<Schemas['SignInAt']>(`/v1/inboxes/${id}/oauth/start`)

export const startTest = (id: string): Promise<TestRun> => post<TestRun>(`/v1/inboxes/${id}/test`)
export const readTest = (id: string, run: string): Promise<TestRun> =>
  get<TestRun>(`/v1/inboxes/${id}/test/${encodeURIComponent(run)}`)

export const reconnect = (id: string): Promise<void> => post<void>(`/v1/inboxes/${id}/reconnect`)
export const lookNow = (id: string): Promise<void> => post<void>(`/v1/inboxes/${id}/look`)
export const backfill = (id: string, since: string): Promise<void> =>
  post<void>(`/v1/inboxes/${id}/backfill`, since ? { since } : {})

export interface Simulated {
  readonly from: string
  readonly name?: string
  readonly subject?: string
  readonly text: string
}
export const simulate = (id: string, body: Simulated): Promise<Schemas['Result']> =>
  post<Schemas['Result']>(`/v1/inboxes/${id}/simulate`, body)

export async function invite(client: QueryClient, body: InviteRequest): Promise<NewInvitation> {
  const made = await post<NewInvitation>('/v1/invitations', body)
  await client.invalidateQueries({ queryKey: invitationsQuery.queryKey })
  return made
}

export async function revokeInvitation(client: QueryClient, id: string): Promise<void> {
  await del(`/v1/invitations/${id}`)
  await client.invalidateQueries({ queryKey: invitationsQuery.queryKey })
}

export async function changePerson(
  client: QueryClient,
  id: string,
  change: { readonly role?: Role; readonly disabled?: boolean },
): Promise<void> {
  await patch(`/v1/users/${id}`, change)
  await client.invalidateQueries({ queryKey: peopleQuery.queryKey })
}

export interface TeamChange {
  readonly name: string
  readonly members: readonly { readonly user_id: string; readonly lead?: boolean }[]
  readonly archived?: boolean
}

export async function saveTeam(client: QueryClient, id: string, change: TeamChange): Promise<void> {
  if (id) await put(`/v1/teams/${id}`, change)
  else await post('/v1/teams', change)
  await Promise.all([
    client.invalidateQueries({ queryKey: teamsQuery.queryKey }),
    client.invalidateQueries({ queryKey: peopleQuery.queryKey }),
    client.invalidateQueries({ queryKey: stepsQuery.queryKey }),
  ])
}

export const lookAtInvitation = (token: string): Promise<InvitationLook> =>
  post<InvitationLook>('/v1/invitations/look', { token })

export async function acceptInvitation(
  client: QueryClient,
  body: { readonly token: string; readonly name: string; readonly password: string },
): Promise<Session> {
  await post('/v1/invitations/accept', body)
  // What a colleague read on this machine is not the newcomer's.
  await wipe()
  client.clear()
  return client.fetchQuery({ ...sessionQuery, staleTime: 0 })
}

export async function changeSteps(
  client: QueryClient,
  change: { readonly name?: StepName; readonly skipped?: boolean; readonly base_url?: string },
): Promise<void> {
  client.setQueryData(stepsQuery.queryKey, await put<SetupState>('/v1/setup/steps', change))
}

export const checkBaseUrl = async (base_url: string): Promise<readonly SetupCheck[]> =>
  list((await post<Page<SetupCheck>>('/v1/setup/check', base_url ? { base_url } : {})).items)
