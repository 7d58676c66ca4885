import { useQueryClient } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { AtSign, CheckCheck, Clock, Frown, type LucideIcon, MessageSquare, Settings, UserPlus } from 'lucide-react'
import { type KeyboardEvent, useCallback, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Notice, type NotificationKind, readAllNotices, readNotice } from '../api/queries/notifications'
import { IconButton } from '../ui/button'
import { cx } from '../ui/cx'
import { Failed, Skeleton } from '../ui/states'
import { attempt } from '../ui/undo'
import { VirtualList } from '../ui/virtual-list'
import { When } from '../ui/when'
import { type Notices, useNoticeWords } from './notices'

const ICONS: Readonly<Record<NotificationKind, LucideIcon>> = {
  mention: AtSign,
  assigned: UserPlus,
  reply: MessageSquare,
  due: Clock,
  score: Frown,
}
const HEIGHT = 64

/** The list below the bell. It loads when it is first opened. */
export function BellPanel({ notices, close }: { readonly notices: Notices; readonly close: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  const [active, setActive] = useState('')
  const { query, items, unread } = notices
  const go = (n: Notice) => {
    close()
    if (n.unread) attempt(t('It is still unread'), () => readNotice(client, n.id, true))
    void navigate({ to: '/inbox/$id', params: { id: n.id }, search: { queue: 'all', status: 'any' } })
  }
  const fetchNextPage = query.fetchNextPage
  const loadMore = useCallback(() => {
    if (!query.isFetchingNextPage) void fetchNextPage()
  }, [query.isFetchingNextPage, fetchNextPage])
  const onKeyDown = (e: KeyboardEvent) => {
    const n = items.find((i) => i.id === active)
    if (e.key !== ' ' || !n || !(e.target as HTMLElement).matches('[role=listbox]')) return
    e.preventDefault()
    attempt(t('It could not be marked'), () => readNotice(client, n.id, n.unread))
  }
  const newest = items[0]?.at
  return (
    <div role="group" aria-label={t('Notifications')} className="-m-4 flex flex-col" onKeyDown={onKeyDown}>
      <div className="flex h-11 items-center gap-1 border-b border-line pr-1.5 pl-4">
        <h2 className="flex-1 font-semibold">{t('Notifications')}</h2>
        <IconButton
          icon={CheckCheck}
          label={t('Mark all as read')}
          small
          className="!size-8"
          disabled={unread === 0 || !newest}
          onClick={() => newest && attempt(t('They could not be marked'), () => readAllNotices(client, newest))}
        />
        <Link
          to="/settings/$section"
          params={{ section: 'notifications' }}
          onClick={() => close()}
          aria-label={t('Settings of notifications')}
          title={t('Settings of notifications')}
          className="inline-flex size-8 items-center justify-center rounded-control text-muted hover:bg-sunken hover:text-text"
        >
          <Settings aria-hidden />
        </Link>
      </div>
      {query.isError && items.length === 0 ? (
        <Failed
          error={query.error}
          what={t('The notifications could not be read')}
          retry={() => void query.refetch()}
        />
      ) : query.isPending ? (
        <Skeleton rows={3} height={HEIGHT} />
      ) : items.length === 0 ? (
        <p className="px-4 py-8 text-muted">
          {t('Nothing yet. Here stands what concerns you: mentions, what is assigned to you, and answers to you.')}
        </p>
      ) : (
        <div className="flex flex-col" style={{ height: Math.min(items.length, 7) * HEIGHT }}>
          <VirtualList
            label={t('Notifications')}
            items={items}
            idOf={(n) => n.id}
            row={(n) => <Row notice={n} />}
            height={HEIGHT}
            activeId={active}
            onActive={setActive}
            onOpen={go}
            hrefOf={(n) => `/inbox/${n.id}`}
            hasMore={query.hasNextPage}
            loadMore={loadMore}
          />
        </div>
      )}
      {items.length > 0 ? (
        <p className="border-t border-line px-4 py-2 text-label text-muted max-md:hidden">
          {t('Enter opens, Space marks as read or unread')}
        </p>
      ) : null}
    </div>
  )
}

function Row({ notice: n }: { readonly notice: Notice }) {
  const { t } = useTranslation()
  const words = useNoticeWords()
  const Icon = ICONS[n.kind]
  return (
    <div className="flex h-full items-center gap-3 px-4">
      <Icon aria-hidden className={cx('flex-none', n.kind === 'due' ? 'text-warning-text' : 'text-muted')} />
      <div className="min-w-0 flex-1">
        <p className={cx('truncate', n.unread ? 'font-medium' : 'text-muted')}>
          {words(n)}
          {n.unread && n.count > 1 ? (
            <span className="font-normal text-muted"> {t('and {{count}} more', { count: n.count - 1 })}</span>
          ) : null}
        </p>
        <p className="truncate text-label text-muted">
          {[n.case.customer_name, n.case.subject || n.case.preview].filter(Boolean).join(' · ')}
        </p>
      </div>
      <When at={n.at} className="flex-none text-meta text-muted" />
      <span className="w-2 flex-none">
        {n.unread ? (
          <span className="block size-2 rounded-full bg-accent">
            <span className="sr-only">{t('Unread')}</span>
          </span>
        ) : null}
      </span>
    </div>
  )
}
