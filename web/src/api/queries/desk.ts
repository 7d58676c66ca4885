import { type QueryClient, queryOptions } from '@tanstack/react-query'
import { list } from '../../lib/list'
import { del, get, post, put } from '../client'
import type { Inbox, Macro, MacroPreview, MySettings, Person, SavedView, Tag, Team } from '../desk'
import type { Page } from '../types'

const LONG = 5 * 60_000

const all = <T>(name: string, path: string) =>
  queryOptions({
    queryKey: [name] as const,
    queryFn: async ({ signal }) => list((await get<Page<T>>(path, undefined, signal)).items),
    staleTime: LONG,
  })

export const tagsQuery = all<Tag>('tags', '/v1/tags')
export const macrosQuery = all<Macro>('macros', '/v1/macros')
export const viewsQuery = all<SavedView>('views', '/v1/views')
export const peopleQuery = all<Person>('users', '/v1/users')
export const teamsQuery = all<Team>('teams', '/v1/teams')
export const inboxesQuery = all<Inbox>('inboxes', '/v1/inboxes')

/** The views that a person pinned, in their order; one that is gone or not for them any more is left out. */
export const splitViews = (
  views: readonly SavedView[] | undefined,
  chosen: readonly string[] | null | undefined,
): readonly SavedView[] => list(chosen).flatMap((id) => list(views).find((v) => v.id === id) ?? [])

export const mySettingsQuery = queryOptions({
  queryKey: ['my-settings'] as const,
  queryFn: ({ signal }) => get<MySettings>('/v1/me/settings', undefined, signal),
  staleTime: LONG,
})

export async function createTag(client: QueryClient, name: string, colour: string): Promise<Tag> {
  const made = await post<Tag>('/v1/tags', { id: '', name, colour })
  client.setQueryData(tagsQuery.queryKey, (old) => [...list(old), made])
  return made
}

export const previewMacro = (id: string, caseId: string): Promise<MacroPreview> =>
  post<MacroPreview>(`/v1/macros/${id}/preview`, { case_id: caseId })

export async function saveView(
  client: QueryClient,
  view: { id?: string; name: string; query: string; shared: boolean },
): Promise<SavedView> {
  const { id, ...rest } = view
  // The server gives a new one its id and owner.
  const body = { id: id ?? '', owner_id: '', ...rest }
  const made = id ? await put<SavedView>(`/v1/views/${id}`, body) : await post<SavedView>('/v1/views', body)
  await client.invalidateQueries({ queryKey: viewsQuery.queryKey })
  await client.invalidateQueries({ queryKey: ['cases', 'counts'] })
  return made
}

export async function deleteView(client: QueryClient, view: SavedView): Promise<void> {
  client.setQueryData(viewsQuery.queryKey, (old) => list(old).filter((v) => v.id !== view.id))
  await del(`/v1/views/${view.id}`)
}
