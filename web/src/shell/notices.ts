import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate, useParams } from '@tanstack/react-router'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mySettingsQuery } from '../api/queries/desk'
import { type Notice, notificationsQuery, readNotice, unreadOf } from '../api/queries/notifications'
import { flat } from '../api/queries/pages'
import { ring, takeRing } from '../lib/notify/sound'
import { newSince, ways } from '../lib/notify/tell'

/** What happened, in one line. */
export function useNoticeWords(): (n: Notice) => string {
  const { t } = useTranslation()
  return (n) => {
    const who = n.author
    const customer = n.case.customer_name || t('The customer')
    switch (n.kind) {
      case 'mention':
        return who ? t('{{who}} mentioned you', { who }) : t('You were mentioned')
      case 'assigned':
        return who ? t('{{who}} assigned it to you', { who }) : t('Assigned to you')
      case 'reply':
        return t('{{customer}} wrote', { customer })
      case 'due':
        return t('An answer to {{customer}} is due', { customer })
      default:
        return t('{{customer}} gave a low score', { customer })
    }
  }
}

const idOf = (n: Notice) => n.id
const browserAsks = () => (typeof Notification === 'undefined' ? 'denied' : Notification.permission)

/** Follows what concerns the signed-in person, and tells of what is new. */
export function useNotices() {
  const client = useQueryClient()
  const navigate = useNavigate()
  const { id: open = '' } = useParams({ strict: false })
  const query = useInfiniteQuery(notificationsQuery)
  const settings = useQuery(mySettingsQuery).data
  const words = useNoticeWords()
  const items = flat(query.data)
  const known = useRef<Map<string, string>>(undefined)
  const [visible, setVisible] = useState(!document.hidden)
  useEffect(() => {
    const follow = () => setVisible(!document.hidden)
    document.addEventListener('visibilitychange', follow)
    return () => document.removeEventListener('visibilitychange', follow)
  }, [])

  // The browser's own notices and the sound are outside React.
  useEffect(() => {
    if (!query.data) return
    const before = known.current
    known.current = new Map([...(before ?? []), ...items.map((n) => [idOf(n), n.at] as const)])
    const choices = settings?.notifications
    if (!before || !choices) return // what waited before the page was opened is in the list
    const here = {
      hidden: document.hidden,
      permitted: browserAsks() === 'granted',
      open,
      zone: settings?.time_zone ?? '',
      now: Date.now(),
    }
    let loud = ''
    for (const n of newSince(before, items)) {
      const how = ways(n, choices, here)
      if (how.sound) loud = `${n.id} ${n.at}`
      if (!how.browser) continue
      try {
        // One of a tag: a second one about a conversation takes the first one's place, in all tabs.
        const note = new Notification(words(n), { body: n.case.subject || n.case.preview, tag: `rapport-${n.id}` })
        note.onclick = () => {
          window.focus()
          note.close()
          void navigate({ to: '/inbox/$id', params: { id: n.id }, search: { queue: 'all', status: 'any' } })
        }
      } catch {
        // Some browsers allow it to installed pages only.
      }
    }
    if (loud && takeRing(loud)) ring()
  })

  // What one looks at is seen.
  const seen = visible && items.some((n) => n.id === open && n.unread)
  useEffect(() => {
    if (seen) readNotice(client, open, true).catch(() => undefined)
  }, [seen, open, client])

  return { query, items, unread: unreadOf(query.data) }
}

export type Notices = ReturnType<typeof useNotices>
