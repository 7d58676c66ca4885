import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowUpDown, Bookmark, ChevronDown, ListFilter, X } from 'lucide-react'
import { DropdownMenu as M } from 'radix-ui'
import { memo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { CountedStatus, Counts, SavedView, StatusCounts } from '../../api/desk'
import { countsQuery } from '../../api/queries/cases'
import { deleteView, saveView, teamsQuery, viewsQuery } from '../../api/queries/desk'
import { say } from '../../i18n/mark'
import { type CaseSort, FILTERS, type FullSearch, hasFilter, SORTS, toText } from '../../lib/inbox/query'
import { list } from '../../lib/list'
import { capped } from '../../lib/words'
import { Button, IconButton } from '../../ui/button'
import { cx } from '../../ui/cx'
import { Dialog } from '../../ui/dialog'
import { Field } from '../../ui/field'
import { Choices, Menu, MenuLine } from '../../ui/menu'
import { attempt, done } from '../../ui/undo'
import { FilterMenu, useFilterWords } from './filters'
import { QueueMenu, queueWords } from './queues'
import { SplitTabs, useSplits } from './splits'
import { useListView } from './view'

export const SORT_WORDS: Readonly<Record<CaseSort, string>> = {
  wait: say('Longest wait first'),
  due: say('Due first'),
  effort: say('Most effort first'),
  value: say('Highest value first'),
  newest: say('Newest first'),
  oldest: say('Oldest first'),
}

const STATUS_TABS = ['todo', 'waiting', 'snoozed', 'done'] as const
const TAB_WORDS = { todo: say('Todo'), waiting: say('Waiting'), snoozed: say('Snoozed'), done: say('Done') } as const

/** The counts of what the list shows, if the server counts it. */
export function countsOf(counts: Counts | undefined, s: FullSearch): StatusCounts {
  if (!counts) return {}
  if (s.view) return counts.views?.[s.view] ?? {}
  if (s.rest && s.queue === 'all' && !hasFilter({ ...s, rest: false })) return counts.rest
  if (hasFilter(s)) return {}
  if (s.queue === 'team') return (s.team ? counts.teams?.[s.team] : counts.queues.team) ?? {}
  return counts.queues[s.queue] ?? {}
}

/** Which queue, whose turn, in which order: the head of the list. */
export const ListHead = memo(function ListHead() {
  const { t } = useTranslation()
  const view = useListView()
  const { search, given } = view
  const counts = useQuery(countsQuery).data
  const teams = list(useQuery(teamsQuery).data)
  const views = list(useQuery(viewsQuery).data)
  const words = useFilterWords()
  const [naming, setNaming] = useState<{ readonly view?: SavedView }>()
  const saved = views.find((v) => v.id === search.view)
  const mine = countsOf(counts, search)
  const title =
    saved?.name ??
    (search.rest ? t('Everything else') : undefined) ??
    (search.queue === 'team'
      ? (teams.find((x) => x.id === search.team)?.name ?? t('Teams'))
      : t(queueWords[search.queue]))
  const edited = saved !== undefined && saved.query !== toText(given)
  const filters = FILTERS.filter((f) => search[f])

  return (
    <div className="flex-none border-b border-line">
      <div className="flex h-12 items-center gap-1 pr-2 pl-3">
        <QueueMenu
          trigger={
            <button
              type="button"
              className="flex h-8 min-w-0 items-center gap-1.5 rounded-control px-2 text-left text-title font-semibold hover:bg-sunken data-[state=open]:bg-sunken"
            >
              <span className="truncate">{title}</span>
              <ChevronDown aria-hidden className="text-muted" />
            </button>
          }
        />
        <span className="flex-1" />
        {hasFilter(given) && (!saved || edited) ? (
          <IconButton
            icon={Bookmark}
            label={saved ? t('Save the view') : t('Save as a view')}
            small
            className="!size-8"
            onClick={() => setNaming(saved ? { view: saved } : {})}
          />
        ) : null}
        <FilterMenu trigger={<IconButton icon={ListFilter} label={t('Filter')} small className="!size-8" />} />
        <Menu
          trigger={
            <IconButton
              icon={ArrowUpDown}
              label={t('Sort: {{by}}', { by: t(SORT_WORDS[search.sort]) })}
              small
              className="!size-8"
            />
          }
        >
          <Choices
            label={t('Order')}
            value={search.sort}
            options={SORTS.map((s) => ({ value: s, label: t(SORT_WORDS[s]) }))}
            onChange={(sort) => view.setSearch({ ...given, sort })}
          />
          {saved ? (
            <>
              <MenuLine />
              <ViewItems saved={saved} rename={() => setNaming({ view: saved })} />
            </>
          ) : null}
        </Menu>
      </div>
      <SplitTabs />
      <div role="tablist" aria-label={t('Whose turn it is')} className="flex items-center gap-1 overflow-x-auto px-3">
        {STATUS_TABS.map((s) => (
          <StatusTab
            key={s}
            label={t(TAB_WORDS[s])}
            count={mine[s as CountedStatus] ?? 0}
            quiet={s !== 'todo'}
            on={search.status === s}
            onPick={() => {
              const { sort: _, ...rest } = given
              view.setSearch({ ...rest, status: s })
            }}
          />
        ))}
      </div>
      {filters.length > 0 ||
      search.unread ||
      search.breached ||
      search.status === 'ignored' ||
      search.status === 'any' ? (
        <div className="flex flex-wrap gap-1 border-t border-line px-3 py-2">
          {filters.map((f) => (
            <FilterChip
              key={f}
              text={words(f, search[f] ?? '')}
              onClear={() => view.setSearch({ ...given, [f]: undefined })}
            />
          ))}
          {search.unread ? (
            <FilterChip text={t('Unread')} onClear={() => view.setSearch({ ...given, unread: false })} />
          ) : null}
          {search.breached ? (
            <FilterChip text={t('Overdue')} onClear={() => view.setSearch({ ...given, breached: false })} />
          ) : null}
          {search.status === 'ignored' || search.status === 'any' ? (
            <FilterChip
              text={search.status === 'any' ? t('Any status') : t('Ignored')}
              onClear={() => view.setSearch({ ...given, status: 'todo' })}
            />
          ) : null}
        </div>
      ) : null}
      {naming ? <NameView {...naming} onClose={() => setNaming(undefined)} /> : null}
    </div>
  )
})

interface TabProps {
  readonly label: string
  readonly count: number
  readonly quiet: boolean
  readonly on: boolean
  readonly onPick: () => void
}

function StatusTab({ label, count, quiet, on, onPick }: TabProps) {
  return (
    <button
      type="button"
      role="tab"
      aria-selected={on}
      onClick={onPick}
      className={cx(
        'relative inline-flex h-8 flex-none items-center gap-1.5 px-2 text-body -outline-offset-2 after:absolute after:inset-x-2 after:-bottom-px after:h-0.5 after:rounded-full',
        on ? 'font-medium after:bg-accent' : 'text-muted hover:text-text',
      )}
    >
      {label}
      {count > 0 ? (
        <span className={cx('text-label tabular-nums', on && !quiet ? 'text-text' : 'font-normal text-muted')}>
          {capped(count)}
        </span>
      ) : null}
    </button>
  )
}

function FilterChip({ text, onClear }: { readonly text: string; readonly onClear: () => void }) {
  const { t } = useTranslation()
  return (
    <span className="inline-flex h-6 max-w-full items-center gap-1 rounded-chip bg-accent-soft pr-0.5 pl-2 text-label font-medium text-accent-hover">
      <span className="truncate">{text}</span>
      <button
        type="button"
        aria-label={t('Without “{{filter}}”', { filter: text })}
        onClick={onClear}
        className="inline-flex size-6 items-center justify-center rounded-full"
      >
        <X aria-hidden className="!size-3" />
      </button>
    </span>
  )
}

function ViewItems({ saved, rename }: { readonly saved: SavedView; readonly rename: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const view = useListView()
  const splits = useSplits()
  const pinned = splits.has(saved.id)
  const item =
    'flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 text-body outline-none data-[disabled]:opacity-50 data-[highlighted]:bg-sunken'
  const remove = () =>
    attempt(t('The view was not deleted'), async () => {
      await deleteView(client, saved)
      view.setSearch({})
      done(t('The view “{{name}}” is gone', { name: saved.name }), () =>
        saveView(client, { name: saved.name, query: saved.query, shared: saved.shared }),
      )
    })
  return (
    <M.Group>
      <M.Label className="caps px-2 py-1">{t('This view')}</M.Label>
      <M.Item className={item} onSelect={rename}>
        {t('Rename or share…')}
      </M.Item>
      {pinned ? (
        <>
          <M.Item className={item} disabled={splits.ids[0] === saved.id} onSelect={() => splits.move(saved.id, -1)}>
            {t('Move the tab one place forward')}
          </M.Item>
          <M.Item className={item} disabled={splits.ids.at(-1) === saved.id} onSelect={() => splits.move(saved.id, 1)}>
            {t('Move the tab one place back')}
          </M.Item>
          <M.Item className={item} onSelect={() => splits.unpin(saved.id)}>
            {t('No tab above the list')}
          </M.Item>
        </>
      ) : (
        <M.Item className={item} disabled={splits.full} onSelect={() => splits.pin(saved.id)}>
          {splits.full ? t('Eight tabs are the most') : t('A tab above the list')}
        </M.Item>
      )}
      <M.Item
        className={item}
        onSelect={() =>
          attempt(t('It could not be copied'), async () => {
            await navigator.clipboard.writeText(location.href)
            done(t('Link copied'))
          })
        }
      >
        {t('Copy a link to it')}
      </M.Item>
      <M.Item className={cx(item, 'text-danger-text')} onSelect={remove}>
        {t('Delete')}
      </M.Item>
    </M.Group>
  )
}

/** Keeps what the list shows under a name, for oneself or for everybody. */
function NameView({ view: old, onClose }: { readonly view?: SavedView; readonly onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const view = useListView()
  const [name, setName] = useState(old?.name ?? '')
  const [shared, setShared] = useState(old?.shared ?? false)
  const splits = useSplits()
  const [pin, setPin] = useState(false)
  const save = () => {
    if (name.trim() === '') return
    onClose()
    attempt(t('The view was not saved'), async () => {
      const made = await saveView(client, {
        ...(old ? { id: old.id } : {}),
        name: name.trim(),
        query: toText(view.given),
        shared,
      })
      if (pin) splits.pin(made.id)
      view.setSearch({ ...view.given, view: made.id })
    })
  }
  return (
    <Dialog
      open
      onOpenChange={(o) => o || onClose()}
      title={old ? t('The view') : t('Save as a view')}
      description={t('It keeps the queue, the filters and the order, and counts what is in it.')}
      footer={
        <>
          <Button look="ghost" onClick={onClose}>
            {t('Cancel')}
          </Button>
          <Button look="primary" onClick={save} disabled={name.trim() === ''}>
            {t('Save')}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(e) => {
          e.preventDefault()
          save()
        }}
      >
        <Field label={t('Name')} value={name} onChange={(e) => setName(e.target.value)} autoFocus maxLength={60} />
        <label className="flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            checked={shared}
            onChange={(e) => setShared(e.target.checked)}
            className="size-4 accent-[var(--accent)]"
          />
          {t('Everybody in the firm sees it')}
        </label>
        {(old && splits.has(old.id)) || splits.full ? null : (
          <label className="flex min-h-6 items-center gap-2">
            <input
              type="checkbox"
              checked={pin}
              onChange={(e) => setPin(e.target.checked)}
              className="size-4 accent-[var(--accent)]"
            />
            {t('As a tab above my list')}
          </label>
        )}
        <button type="submit" hidden />
      </form>
    </Dialog>
  )
}
