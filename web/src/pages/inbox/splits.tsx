import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Columns3 } from 'lucide-react'
import { type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useActions } from '../../actions/registry'
import { caseKeys, countsQuery } from '../../api/queries/cases'
import { mySettingsQuery, splitViews, viewsQuery } from '../../api/queries/desk'
import { choose } from '../../api/queries/personal'
import { type CaseSearch, fromText } from '../../lib/inbox/query'
import { list } from '../../lib/list'
import { capped } from '../../lib/words'
import { cx } from '../../ui/cx'
import { attempt } from '../../ui/undo'
import { useListView } from './view'

/** The server takes no more; the keys from 1 to 9 are for them and for everything else. */
export const MAX_SPLITS = 8

export interface Splits {
  /** The ids of the views that are pinned, in their order. */
  readonly ids: readonly string[]
  readonly has: (id: string) => boolean
  readonly full: boolean
  readonly pin: (id: string) => void
  readonly unpin: (id: string) => void
  /** Moves one by so many places. */
  readonly move: (id: string, by: number) => void
}

async function keep(client: QueryClient, splits: readonly string[]): Promise<void> {
  await choose(client, { splits: [...splits] })
  // What is in no split is another list now.
  await client.invalidateQueries({ queryKey: caseKeys.lists })
  await client.invalidateQueries({ queryKey: caseKeys.counts })
}

/** The views that the person pinned above the list, and how that is changed. */
export function useSplits(): Splits {
  const { t } = useTranslation()
  const client = useQueryClient()
  const views = useQuery(viewsQuery).data
  const chosen = useQuery(mySettingsQuery).data?.splits
  const ids = splitViews(views, chosen).map((v) => v.id)
  const put = (next: readonly string[]) => attempt(t('The tabs were not changed'), () => keep(client, next))
  return {
    ids,
    has: (id) => ids.includes(id),
    full: ids.length >= MAX_SPLITS,
    // Read again: the view may have been made a moment ago.
    pin: (id) =>
      put(
        [...list(client.getQueryData(mySettingsQuery.queryKey)?.splits).filter((x) => x !== id), id].slice(-MAX_SPLITS),
      ),
    unpin: (id) => put(ids.filter((x) => x !== id)),
    move: (id, by) => {
      const rest = ids.filter((x) => x !== id)
      const to = Math.max(0, Math.min(rest.length, ids.indexOf(id) + by))
      if (rest.length < ids.length) put([...rest.slice(0, to), id, ...rest.slice(to)])
    },
  }
}

interface Tab {
  readonly id: string
  readonly label: string
  readonly count: number
  readonly on: boolean
  readonly search: CaseSearch
}

const REST: CaseSearch = { queue: 'all', rest: true }

/** The inbox in parts: a tab for each pinned view, and one for what none of them holds. */
export function SplitTabs() {
  const { t } = useTranslation()
  const view = useListView()
  const { search } = view
  const views = useQuery(viewsQuery).data
  const counts = useQuery(countsQuery).data
  const splits = useSplits()
  const [drag, setDrag] = useState<{ readonly id: string; readonly over: string }>()
  const own = splitViews(views, splits.ids)
  const tabs: readonly Tab[] =
    own.length === 0
      ? []
      : [
          ...own.map((v) => ({
            id: v.id,
            label: v.name,
            count: counts?.views?.[v.id]?.todo ?? 0,
            on: search.view === v.id,
            search: fromText(v.query, v.id),
          })),
          {
            id: '',
            label: t('Everything else'),
            count: counts?.rest?.todo ?? 0,
            on: !search.view && search.rest === true,
            search: REST,
          },
        ]
  useActions(
    tabs.map((tab, i) => ({
      id: `split-${i + 1}`,
      label: tab.label,
      section: 'Go to',
      icon: Columns3,
      run: () => view.setSearch(tab.search),
    })),
  )
  // The one in front is in sight, also when a key went to it.
  const row = useRef<HTMLElement>(null)
  const front = tabs.findIndex((tab) => tab.on)
  useEffect(() => {
    row.current?.children[front]?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [front])
  if (tabs.length === 0) return null
  const onKeyDown = (e: KeyboardEvent, tab: Tab) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[e.key]
    if (!by || !e.shiftKey || tab.id === '') return
    e.preventDefault()
    splits.move(tab.id, document.documentElement.dir === 'rtl' ? -by : by)
  }
  return (
    <nav
      ref={row}
      aria-label={t('Parts of the inbox')}
      className="flex items-center gap-1 overflow-x-auto border-t border-line px-2.5 py-1 pointer-coarse:py-0"
    >
      {tabs.map((tab) => (
        <Link
          key={tab.id}
          to="/inbox"
          search={tab.search}
          aria-current={tab.on ? 'page' : undefined}
          {...(tab.id === ''
            ? {}
            : {
                draggable: true,
                'aria-keyshortcuts': 'Shift+ArrowLeft Shift+ArrowRight',
                title: t('Drag it, or press Shift and an arrow, to move it'),
              })}
          onKeyDown={(e) => onKeyDown(e, tab)}
          onDragStart={() => setDrag({ id: tab.id, over: '' })}
          onDragEnd={() => setDrag(undefined)}
          onDragOver={(e) => {
            if (!drag || tab.id === '') return
            e.preventDefault()
            if (drag.over !== tab.id) setDrag({ ...drag, over: tab.id })
          }}
          onDrop={(e) => {
            if (!drag) return
            e.preventDefault()
            splits.move(drag.id, splits.ids.indexOf(tab.id) - splits.ids.indexOf(drag.id))
          }}
          className={cx(
            'inline-flex h-7 flex-none items-center gap-1.5 rounded-chip px-2.5 text-body -outline-offset-2',
            'pointer-coarse:h-11 pointer-coarse:border-y-8 pointer-coarse:border-transparent pointer-coarse:bg-clip-padding',
            tab.on ? 'bg-accent-soft font-medium text-accent-hover' : 'text-muted hover:bg-sunken hover:text-text',
            drag && drag.id !== tab.id && drag.over === tab.id && 'shadow-[inset_0_0_0_1px_var(--control)]',
          )}
        >
          <span className="max-w-40 truncate">{tab.label}</span>
          {tab.count > 0 ? (
            <span className="text-label font-normal text-muted tabular-nums">{capped(tab.count)}</span>
          ) : null}
        </Link>
      ))}
    </nav>
  )
}
