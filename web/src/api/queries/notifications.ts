import { infiniteQueryOptions, type QueryClient } from '@tanstack/react-query'
import { list } from '../../lib/list'
import { get, post } from '../client'
import type { Case, NotificationChoices } from '../desk'
import type { components } from '../schema'
import type { Page } from '../types'
import { nextCursor, type Pages } from './pages'
import { choose } from './personal'

export const KINDS = ['mention', 'assigned', 'reply', 'due', 'score'] as const
export type NotificationKind = (typeof KINDS)[number]

/** What concerns the signed-in person about one conversation. */
export type Notice = Omit<components['schemas']['Notification'], 'kind' | 'kinds' | 'case'> & {
  readonly kind: NotificationKind
  readonly kinds: readonly NotificationKind[] | null
  readonly case: Case
}
type NoticePage = Page<Notice> & { readonly unread: number }

export const notificationsKey = ['notifications'] as const

export const notificationsQuery = infiniteQueryOptions({
  queryKey: notificationsKey,
  queryFn: ({ pageParam, signal }) => get<NoticePage>('/v1/notifications', { cursor: pageParam, limit: 30 }, signal),
  initialPageParam: '',
  getNextPageParam: nextCursor,
})

export const unreadOf = (data: { readonly pages: readonly NoticePage[] } | undefined): number =>
  data?.pages[0]?.unread ?? 0

/** Shows at once what the server is about to know. */
function show(client: QueryClient, change: (n: Notice) => Notice, unread: (before: number) => number): void {
  client.setQueryData<Pages<Notice>>(notificationsKey, (old) =>
    old
      ? {
          ...old,
          pages: old.pages.map((p) => ({
            ...p,
            unread: Math.max(0, unread((p as NoticePage).unread)),
            items: list(p.items).map(change),
          })),
        }
      : old,
  )
}

const again = (client: QueryClient) => client.invalidateQueries({ queryKey: notificationsKey })

export async function readNotice(client: QueryClient, id: string, read: boolean): Promise<void> {
  show(
    client,
    (n) => (n.id === id ? { ...n, unread: !read } : n),
    (n) => n + (read ? -1 : 1),
  )
  try {
    await post(`/v1/notifications/${id}`, { read })
  } finally {
    await again(client)
  }
}

export async function readAllNotices(client: QueryClient, until: string): Promise<void> {
  show(
    client,
    (n) => ({ ...n, unread: false }),
    () => 0,
  )
  try {
    await post('/v1/notifications/read', { until })
  } finally {
    await again(client)
  }
}

/** Changes how one is told; the choice shows at once. */
export async function chooseNotifications(client: QueryClient, change: Partial<NotificationChoices>): Promise<void> {
  await choose(client, { notifications: change })
  await again(client)
}
