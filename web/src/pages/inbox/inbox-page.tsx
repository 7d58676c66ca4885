import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate, useParams } from '@tanstack/react-router'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AfterClose, Case, CaseSet } from '../../api/desk'
import { caseQuery, casesQuery, knownCase, prefetchCase } from '../../api/queries/cases'
import { mySettingsQuery } from '../../api/queries/desk'
import { flat } from '../../api/queries/pages'
import { advance } from '../../lib/inbox/place'
import { type CaseSearch, full } from '../../lib/inbox/query'
import { casePanel, listWidth } from '../../lib/prefs'
import { useStore } from '../../lib/store'
import { useTitle } from '../../lib/title'
import { useMedia } from '../../lib/use-media'
import { afterPaint } from '../../lib/use-painted'
import { cx } from '../../ui/cx'
import { Sheet } from '../../ui/sheet'
import { type Ask, Asks } from './asks'
import { BulkPreview } from './bulk'
import { CaseList } from './case-list'
import { Conversation, NoConversation } from './conversation'
import { CustomerPanel } from './panel/customer-panel'
import { QueueRail } from './queues'
import { Resizer } from './resizer'
import { useCaseActions } from './use-case-actions'
import { type InboxView, InboxViewContext, type ListView, ListViewContext } from './view'
import { type Then, useWork } from './work'

const route = getRouteApi('/shell/inbox')

/** The list of a queue, the conversation at hand and its customer, beside each other. */
export function InboxPage() {
  const { t } = useTranslation()
  const search = route.useSearch()
  const id = String(useParams({ strict: false }).id ?? '')
  const navigate = useNavigate()
  const client = useQueryClient()
  const work = useWork()
  const settings = useQuery(mySettingsQuery).data
  const query = useInfiniteQuery(casesQuery(search))
  const items = useMemo(() => flat(query.data), [query.data])
  const wide = useMedia('(min-width: 720px)')
  const roomy = useMedia('(min-width: 1080px)')
  const panel = useStore(casePanel)
  const width = useStore(listWidth)
  const [sheet, setSheet] = useState(false)
  const [ask, setAsk] = useState<Ask>()
  const [bulk, setBulk] = useState<{ cases: readonly Case[]; set: CaseSet; words: string; then?: Then }>()
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set())
  const [cursor, setCursor] = useState('')
  const listRef = useRef<HTMLDivElement>(null)
  const current = id || cursor

  useTitle(t('Inbox'))
  // The order that the person came through, kept while a conversation leaves the list.
  const order = useRef<readonly string[]>([])
  useEffect(() => {
    const ids = items.map((c) => c.id)
    if (ids.length > 0 && (ids.includes(current) || !order.current.includes(current))) order.current = ids
  }, [items, current])

  // Back in the history, the list stands at what was open.
  const last = useRef(id)
  useEffect(() => {
    if (id === '' && last.current !== '') setCursor(last.current)
    last.current = id
  }, [id])
  const forget = useCallback(() => {
    last.current = ''
    setCursor('')
  }, [])
  const go = useCallback(
    (to: string, replace = false) => {
      if (to === '') forget()
      void navigate(
        to === '' ? { to: '/inbox', search, replace } : { to: '/inbox/$id', params: { id: to }, search, replace },
      )
    },
    [navigate, search, forget],
  )
  const setSearch = useCallback(
    (next: CaseSearch) => {
      setSelected(new Set())
      forget()
      void navigate({ to: '/inbox', search: next })
    },
    [navigate, forget],
  )

  const detail = useQuery({ ...caseQuery(id), enabled: id !== '' }).data
  // What comes next is read before it is asked for, and never before what is asked for: a
  // browser has few connections.
  const at = items.findIndex((c) => c.id === current)
  const calm = id === '' || detail !== undefined
  useEffect(() => {
    if (!calm) return
    return afterPaint(() => {
      for (const c of items.slice(at + 1, at + 4)) prefetchCase(client, c.id)
    })
  }, [client, items, at, calm])
  const step = useCallback(
    (by: 1 | -1) => {
      const ids = items.map((c) => c.id)
      const here = ids.indexOf(current)
      let next: string | undefined
      if (here >= 0) next = ids[here + by]
      else if (current === '') next = by > 0 ? ids[0] : undefined
      else {
        // It left the list: go on from where it stood.
        const known = order.current
        const from = known.indexOf(current)
        const rest = by > 0 ? known.slice(from + 1) : known.slice(0, Math.max(0, from)).reverse()
        next = rest.find((x) => ids.includes(x)) ?? ids[0]
      }
      if (!next) return
      if (wide) go(next, id !== '')
      else if (id !== '') go(next, true)
      else setCursor(next)
    },
    [items, current, wide, id, go],
  )
  const leaving = useCallback(
    (cases: readonly Case[], where?: AfterClose): Then => {
      const gone = new Set(cases.map((c) => c.id))
      const before = id
      return {
        left: () => {
          setSelected(new Set())
          if (!gone.has(before)) return
          const ids = order.current.length > 0 ? order.current : items.map((c) => c.id)
          const to = advance(ids, before, gone, where ?? settings?.after_close ?? 'next')
          go(to, true)
          if (to === '') listRef.current?.focus()
        },
        back: () => {
          if (cases.length === 1 && before !== '' && gone.has(before)) go(before, true)
        },
      }
    },
    [id, items, settings?.after_close, go],
  )
  const change = useCallback(
    (cases: readonly Case[], set: CaseSet, words: string, then?: Then) => {
      if (cases.length > 1) setBulk({ cases, set, words, ...(then ? { then } : {}) })
      else work.change(cases, set, words, then)
    },
    [work],
  )
  const targets = useCallback((): readonly Case[] => {
    const ids = selected.size > 0 ? [...selected] : current ? [current] : []
    return ids.flatMap((x) => knownCase(client, x) ?? [])
  }, [selected, current, client])

  const list: ListView = useMemo(() => ({ search: full(search), given: search, setSearch }), [search, setSearch])
  const view: InboxView = useMemo(
    () => ({
      id,
      current,
      ...list,
      items,
      work,
      change,
      leaving,
      ask: (kind, cases) => setAsk({ kind, cases: cases ?? targets() }),
      go,
      step,
      selected,
      setSelected,
      targets,
      togglePanel: () => (roomy ? casePanel.set((o) => !o) : setSheet((o) => !o)),
      wide,
      focusList: () => listRef.current?.focus({ preventScroll: true }),
    }),
    [id, current, list, items, work, change, leaving, go, step, selected, targets, roomy, wide],
  )
  useCaseActions(view)

  return (
    <ListViewContext value={list}>
      <InboxViewContext value={view}>
        <h1 className="sr-only">{t('Inbox')}</h1>
        <div className="flex min-h-0 flex-1">
          <QueueRail />
          <div
            className={cx(
              'flex min-h-0 flex-none flex-col border-line bg-surface md:border-r',
              id !== '' && 'max-md:hidden',
              'max-md:w-full',
            )}
            style={wide ? { width } : undefined}
          >
            <CaseList query={query} listRef={listRef} cursor={current} setCursor={setCursor} />
          </div>
          {wide ? <Resizer /> : null}
          <div className={cx('flex min-h-0 min-w-0 flex-1 flex-col', id === '' && 'max-md:hidden')}>
            {id === '' ? <NoConversation /> : <Conversation key={id} id={id} />}
          </div>
          {panel && roomy && id !== '' ? (
            <aside
              aria-label={t('Customer')}
              tabIndex={0}
              className="w-80 flex-none overflow-y-auto border-l border-line bg-surface -outline-offset-2"
            >
              {detail ? <CustomerPanel key={detail.customer_id} item={detail} /> : null}
            </aside>
          ) : null}
        </div>
        <Sheet open={sheet && !roomy} onOpenChange={setSheet} title={t('Customer')}>
          {detail ? <CustomerPanel item={detail} onLeave={() => setSheet(false)} /> : null}
        </Sheet>
        <Asks ask={ask} onClose={() => setAsk(undefined)} work={work} leaving={leaving} change={change} />
        <BulkPreview
          bulk={bulk}
          onClose={() => setBulk(undefined)}
          onDo={(b) => {
            setBulk(undefined)
            work.change(b.cases, b.set, b.words, {
              left: () => {
                b.then?.left?.()
                setSelected(new Set())
              },
              ...(b.then?.back ? { back: b.then.back } : {}),
            })
          }}
        />
      </InboxViewContext>
    </ListViewContext>
  )
}
