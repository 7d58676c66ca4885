import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { DoorOpen, Hourglass, Search, X } from 'lucide-react'
import { useMemo, useRef } from 'react'
import { Trans, useTranslation } from 'react-i18next'
import { useActions } from '../actions/registry'
import { type CustomerFilter, customerQuery, customersQuery } from '../api/queries/customers'
import { flat } from '../api/queries/pages'
import { timelineQuery } from '../api/queries/timeline'
import type { CustomerRow } from '../api/types'
import { say } from '../i18n/mark'
import { list } from '../lib/list'
import { listPlace } from '../lib/list-place'
import { density } from '../lib/prefs'
import { useStore } from '../lib/store'
import { capped, channelLabel, channelNames } from '../lib/words'
import { PageHeader } from '../shell/page-header'
import { ChannelGlyph } from '../ui/channel'
import { Chip } from '../ui/chip'
import { cx } from '../ui/cx'
import { INPUT } from '../ui/field'
import { Segmented } from '../ui/segmented'
import { Empty, Failed, Skeleton } from '../ui/states'
import { VirtualList } from '../ui/virtual-list'
import { When } from '../ui/when'

const FILTERS: readonly { readonly value: CustomerFilter; readonly label: string }[] = [
  { value: 'all', label: say('All') },
  { value: 'unread', label: say('Unread') },
  { value: 'waiting', label: say('Waiting for us') },
  { value: 'open', label: say('Open') },
  { value: 'leaving', label: say('May leave') },
]
const HEIGHTS = { compact: 48, normal: 56, comfortable: 68 } as const

const route = getRouteApi('/shell/customers')

export function CustomersPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const navigate = useNavigate()
  const client = useQueryClient()
  const box = useRef<HTMLInputElement>(null)
  const place = useStore(listPlace)
  const height = HEIGHTS[useStore(density)]
  const q = search.q ?? ''
  const filter = search.filter ?? 'all'
  const channel = search.channel ?? ''
  const query = useInfiniteQuery(customersQuery({ q, filter, channel }))
  const rows = useMemo(() => flat(query.data), [query.data])

  const change = (next: { q?: string; filter?: CustomerFilter; channel?: string }) =>
    void navigate({ to: '/customers', search: { q, filter, channel, ...next }, replace: true })
  const open = (row: CustomerRow) => {
    listPlace.set({ active: row.id, ids: rows.map((r) => r.id) })
    void navigate({ to: '/customers/$id', params: { id: row.id } })
  }
  useActions([
    {
      id: 'search',
      label: t('Search customers'),
      section: 'Here',
      icon: Search,
      run: () => box.current?.focus(),
    },
    ...FILTERS.map((f) => ({
      id: `filter-${f.value}`,
      label: t('Show: {{what}}', { what: t(f.label) }),
      section: 'Here' as const,
      run: () => change({ filter: f.value }),
    })),
  ])
  const onActive = (id: string) => {
    listPlace.set((old) => ({ ...old, active: id }))
    void client.prefetchQuery(customerQuery(id))
    void client.prefetchInfiniteQuery(timelineQuery(id, ''))
  }

  return (
    <>
      <PageHeader title={t('Customers')}>
        <Link to="/review" className="text-body text-accent underline-offset-2 hover:underline md:hidden">
          {t('Duplicates')}
        </Link>
        <div className="relative w-72 max-md:order-last max-md:w-full">
          <Search aria-hidden className="pointer-events-none absolute top-1/2 left-3 -translate-y-1/2 text-muted" />
          <input
            ref={box}
            type="search"
            aria-label={t('Search customers')}
            placeholder={t('Name, mail or phone')}
            value={q}
            onChange={(e) => change({ q: e.target.value })}
            onKeyDown={(e) => {
              if (e.key === 'Escape') q === '' ? box.current?.blur() : change({ q: '' })
              if ((e.key === 'Enter' || e.key === 'ArrowDown') && rows[0]) {
                e.preventDefault()
                if (e.key === 'Enter') open(rows.find((r) => r.id === place.active) ?? rows[0])
                else document.querySelector<HTMLElement>('[role=listbox]')?.focus()
              }
            }}
            className={cx(INPUT, 'pr-9 pl-9 [&::-webkit-search-cancel-button]:hidden')}
          />
          {q ? (
            <button
              type="button"
              aria-label={t('Clear the search')}
              onClick={() => change({ q: '' })}
              className="absolute top-1.5 right-1.5 inline-flex size-6 items-center justify-center rounded text-muted hover:bg-sunken"
            >
              <X aria-hidden />
            </button>
          ) : null}
        </div>
        <Segmented
          label={t('Which customers')}
          value={filter}
          options={FILTERS.map((f) => ({ ...f, label: t(f.label) }))}
          onChange={(f) => change({ filter: f })}
        />
        <select
          aria-label={t('Last channel')}
          value={channel}
          onChange={(e) => change({ channel: e.target.value })}
          className={cx(INPUT, '!w-auto border-line pr-2 max-lg:hidden')}
        >
          <option value="">{t('Every channel')}</option>
          {channelNames.map((c) => (
            <option key={c} value={c}>
              {t(channelLabel(c))}
            </option>
          ))}
        </select>
      </PageHeader>
      <p className="sr-only" role="status">
        {query.isFetching
          ? ''
          : query.hasNextPage
            ? t('{{count}} customers or more', { count: rows.length })
            : t('{{count}} customers', { count: rows.length })}
      </p>
      {query.isError ? (
        <Failed error={query.error} what={t('The customers could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={12} height={height} />
      ) : rows.length === 0 ? (
        <Nobody q={q} filter={filter} clear={() => change({ q: '', filter: 'all', channel: '' })} />
      ) : (
        <VirtualList
          label={t('Customers')}
          items={rows}
          idOf={(r) => r.id}
          row={(r) => <Row row={r} />}
          height={height}
          activeId={place.active}
          onActive={onActive}
          onOpen={open}
          hrefOf={(r) => `/customers/${r.id}`}
          hasMore={query.hasNextPage}
          loadMore={() => {
            if (!query.isFetchingNextPage) void query.fetchNextPage()
          }}
        />
      )}
    </>
  )
}

function Row({ row: r }: { readonly row: CustomerRow }) {
  const { t } = useTranslation()
  const first = list(r.identifiers)[0] ?? ''
  return (
    <div className="flex h-full items-center gap-3 px-6 max-md:px-4">
      <span
        className={cx('-ml-4 size-2 flex-none rounded-full max-md:-ml-3', r.unread ? 'bg-accent' : 'bg-transparent')}
        title={r.unread ? t('Unread') : undefined}
      >
        {r.unread ? <span className="sr-only">{t('Unread')}</span> : null}
      </span>
      <ChannelGlyph channel={r.last_channel} />
      <div className="w-56 min-w-0 flex-none max-md:w-auto max-md:flex-1">
        <p className={cx('truncate text-read', r.unread ? 'font-semibold' : 'font-medium')}>{r.name}</p>
        <p className="truncate text-label text-muted">
          <span className="max-md:hidden">
            {first === r.name ? (list(r.identifiers)[1] ?? t('{{count}} contacts', { count: r.contacts })) : first}
          </span>
          <span className="md:hidden">{r.last_text}</span>
        </p>
      </div>
      <p className={cx('min-w-0 flex-1 truncate text-body max-md:hidden', r.unread ? 'text-text' : 'text-muted')}>
        {r.last_direction === 'out' ? <span className="text-muted">{t('We:')} </span> : null}
        {r.last_text}
      </p>
      {r.leaving ? (
        <Chip tone="danger" icon={DoorOpen}>
          {t('May leave')}
        </Chip>
      ) : null}
      {r.waiting > 0 ? (
        <Chip tone="warning" icon={Hourglass} title={t('Journeys that wait for us')}>
          {r.waiting > 1 ? t('{{n}} waiting', { n: capped(r.waiting) }) : t('Waiting')}
        </Chip>
      ) : r.open_journeys > 0 ? (
        <span className="text-label text-muted tabular-nums max-md:hidden">
          {t('{{n}} open', { n: capped(r.open_journeys) })}
        </span>
      ) : null}
      <When at={r.last_at} className="w-20 flex-none text-right text-label text-muted tabular-nums max-md:w-auto" />
    </div>
  )
}

function Nobody({
  q,
  filter,
  clear,
}: {
  readonly q: string
  readonly filter: CustomerFilter
  readonly clear: () => void
}) {
  const { t } = useTranslation()
  if (q === '' && filter === 'all') {
    return (
      <Empty title={t('Nobody has been in touch yet')}>
        <Trans
          i18nKey="Customers appear here by themselves as soon as a channel brings in the first contact. To begin, connect a mailbox in the settings, or import one with <c>rapport import mbox</c>."
          components={{ c: <code className="font-mono text-body" /> }}
        />
      </Empty>
    )
  }
  return (
    <Empty
      title={q === '' ? t('Nobody here now') : t('Nobody found for “{{q}}”', { q })}
      action={
        <button type="button" onClick={clear} className="text-accent underline-offset-2 hover:underline">
          {t('Show all customers')}
        </button>
      }
    >
      {q === ''
        ? t('No customer matches this filter.')
        : t('Search looks at names, mail addresses, phone numbers and accounts.')}
    </Empty>
  )
}
