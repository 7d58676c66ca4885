import { useQuery, useQueryClient } from '@tanstack/react-query'
import { AtSign, Bookmark, CircleDashed, Inbox, type LucideIcon, UserRound, Users } from 'lucide-react'
import { DropdownMenu as M } from 'radix-ui'
import { memo, type ReactElement, useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { StatusCounts } from '../../api/desk'
import { casesQuery, countsQuery } from '../../api/queries/cases'
import { teamsQuery, viewsQuery } from '../../api/queries/desk'
import { say } from '../../i18n/mark'
import { type CaseSearch, fromText, type Queue } from '../../lib/inbox/query'
import { list } from '../../lib/list'
import { capped } from '../../lib/words'
import { cx } from '../../ui/cx'
import { useListView } from './view'

export const queueWords: Readonly<Record<Queue, string>> = {
  mine: say('Mine'),
  unassigned: say('Unassigned'),
  team: say('Teams'),
  mentions: say('Mentions'),
  all: say('Everything'),
}
const ICONS: Readonly<Record<Exclude<Queue, 'team'>, LucideIcon>> = {
  mine: UserRound,
  unassigned: CircleDashed,
  mentions: AtSign,
  all: Inbox,
}

interface Entry {
  readonly id: string
  readonly label: string
  readonly icon: LucideIcon
  readonly count: number
  readonly on: boolean
  readonly search: CaseSearch
}
interface Part {
  readonly title: string
  readonly entries: readonly Entry[]
}

/** All queues with what waits in each. */
function useQueues(): readonly Part[] {
  const { t } = useTranslation()
  const { search } = useListView()
  const counts = useQuery(countsQuery).data
  const teams = list(useQuery(teamsQuery).data)
  const views = list(useQuery(viewsQuery).data)
  const todo = (c: StatusCounts | undefined) => c?.todo ?? 0
  const parts: readonly Part[] = [
    {
      title: t('Queues'),
      entries: (['mine', 'unassigned', 'mentions', 'all'] as const).map((q) => ({
        id: q,
        label: t(queueWords[q]),
        icon: ICONS[q],
        count: todo(counts?.queues[q]),
        on: !search.view && search.queue === q,
        search: q === 'mine' ? {} : { queue: q },
      })),
    },
    {
      title: t('Teams'),
      entries: teams.map((x) => ({
        id: x.id,
        label: x.name,
        icon: Users,
        count: todo(counts?.teams?.[x.id]),
        on: !search.view && search.team === x.id,
        search: { queue: 'team', team: x.id },
      })),
    },
    {
      title: t('Views'),
      entries: views.map((v) => ({
        id: v.id,
        label: v.name,
        icon: Bookmark,
        count: todo(counts?.views?.[v.id]),
        on: search.view === v.id,
        search: fromText(v.query, v.id),
      })),
    },
  ]
  return parts.filter((p) => p.entries.length > 0)
}

/** Which queue to look at, with its open work beside it. */
export function QueueMenu({ trigger }: { readonly trigger: ReactElement }) {
  const view = useListView()
  const parts = useQueues()
  return (
    <M.Root modal={false}>
      <M.Trigger asChild>{trigger}</M.Trigger>
      <M.Portal>
        <M.Content
          align="start"
          sideOffset={4}
          collisionPadding={12}
          className="enter-fade z-40 max-h-[76dvh] w-64 overflow-y-auto rounded-card border border-line bg-raised p-1 shadow-overlay"
        >
          {parts.map((p) => (
            <M.Group key={p.title}>
              <M.Label className="caps px-2 pt-2 pb-1">{p.title}</M.Label>
              {p.entries.map((e) => (
                <M.Item
                  key={e.id}
                  onSelect={() => view.setSearch(e.search)}
                  className={cx(
                    'flex min-h-8 cursor-default items-center gap-2.5 rounded-control px-2 text-body outline-none data-[highlighted]:bg-sunken',
                    e.on && 'font-medium text-accent-hover',
                  )}
                >
                  <e.icon aria-hidden />
                  <span className="min-w-0 flex-1 truncate">{e.label}</span>
                  {e.count > 0 ? <span className="text-label text-muted tabular-nums">{capped(e.count)}</span> : null}
                </M.Item>
              ))}
            </M.Group>
          ))}
        </M.Content>
      </M.Portal>
    </M.Root>
  )
}

const READ_AHEAD = ['mine', 'unassigned', 'all'] as const satisfies readonly Queue[]
const READ_AHEAD_MS = 800

/** The queues beside the list, where the screen has room for them. */
export const QueueRail = memo(function QueueRail() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const view = useListView()
  const parts = useQueues()
  // The queues that everybody has are read once the page stands, so that changing to one shows it at once.
  useEffect(() => {
    const idle = setTimeout(() => {
      for (const queue of READ_AHEAD) void client.prefetchInfiniteQuery(casesQuery(queue === 'mine' ? {} : { queue }))
    }, READ_AHEAD_MS)
    return () => clearTimeout(idle)
  }, [client])
  return (
    <nav
      aria-label={t('Queues')}
      className="w-48 flex-none overflow-y-auto border-r border-line bg-bg px-2 py-2 max-[1560px]:hidden"
    >
      {parts.map((p) => (
        <section key={p.title} className="mb-3">
          <h2 className="caps px-2 py-1.5">{p.title}</h2>
          <ul>
            {p.entries.map((e) => (
              <li key={e.id}>
                <button
                  type="button"
                  aria-current={e.on ? 'page' : undefined}
                  onPointerEnter={() => void client.prefetchInfiniteQuery(casesQuery(e.search))}
                  onFocus={() => void client.prefetchInfiniteQuery(casesQuery(e.search))}
                  onClick={() => view.setSearch(e.search)}
                  className={cx(
                    'flex h-8 w-full items-center gap-2.5 rounded-control px-2 text-left text-body',
                    e.on ? 'bg-[var(--line)] font-medium' : 'text-muted hover:bg-sunken hover:text-text',
                  )}
                >
                  <e.icon aria-hidden />
                  <span className="min-w-0 flex-1 truncate">{e.label}</span>
                  {e.count > 0 ? (
                    <span className="text-label font-normal text-muted tabular-nums">{capped(e.count)}</span>
                  ) : null}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  )
})
