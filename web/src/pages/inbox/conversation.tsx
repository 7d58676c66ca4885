import { type InfiniteData, useInfiniteQuery, usePrefetchInfiniteQuery, useQuery } from '@tanstack/react-query'
import {
  ArrowLeft,
  Check,
  Circle,
  CircleDot,
  Clock,
  type LucideIcon,
  MoreHorizontal,
  PanelRight,
  Tag,
  UserPlus,
} from 'lucide-react'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { currentActions, useActions } from '../../actions/registry'
import type { CaseDetail, Message, ThreadItem } from '../../api/desk'
import { usePresence } from '../../api/presence'
import { caseQuery, sayPresence, threadQuery } from '../../api/queries/cases'
import { sessionQuery } from '../../api/queries/session'
import type { Page } from '../../api/types'
import { sla } from '../../lib/inbox/sla'
import { list } from '../../lib/list'
import { useNow } from '../../lib/now'
import { afterPaint } from '../../lib/use-painted'
import { IconButton } from '../../ui/button'
import { ChannelGlyph } from '../../ui/channel'
import { Chip } from '../../ui/chip'
import { Colleague } from '../../ui/colleague'
import { ActionItems, Menu } from '../../ui/menu'
import { SlaRing } from '../../ui/sla-ring'
import { Empty, Failed, Skeleton } from '../../ui/states'
import type { AskKind } from './asks'
import { slaWords } from './case-row'
import { type ComposerMode, REOPEN, type Wanted, wasTakenBack } from './composer/wanted'
import { ComposerBar } from './composer-bar'
import { PriorityMark } from './priority'
import { standing } from './status'
import { tagColour } from './tag-colour'
import { type Place, Thread } from './thread'
import { useInboxView } from './view'
import { shortWhen } from './when-words'

// The editor is the heaviest part of the page; reading does not wait for it.
const loadComposer = () => import('./composer/composer')
const Composer = lazy(() => loadComposer().then((m) => ({ default: m.Composer })))
const Summary = lazy(() => import('../summary').then((m) => ({ default: m.Summary })))
/** Shorter conversations are read faster than a summary of them. */
const LONG = 8

/** One conversation: what was said, and the answer being written below it. */
export function Conversation({ id }: { readonly id: string }) {
  const { t } = useTranslation()
  const query = useQuery(caseQuery(id))
  // Asked for beside the case, not after it.
  usePrefetchInfiniteQuery(threadQuery(id))
  if (query.isError && !query.data)
    return (
      <Failed error={query.error} what={t('The conversation could not be read')} retry={() => void query.refetch()} />
    )
  if (!query.data) return <Skeleton rows={5} height={96} />
  return <Open item={query.data} />
}

export function NoConversation() {
  const { t } = useTranslation()
  const view = useInboxView()
  return (
    <Empty title={view.items.length > 0 ? t('Pick a conversation') : ''}>
      {view.items.length > 0 ? t('J and K move through the list, Enter opens. Press ? for all keys.') : null}
    </Empty>
  )
}

const BEAT_MS = 9_000
const LOOK_MS = 150

const newestMessage = (data: InfiniteData<Page<ThreadItem>>): string =>
  list(data.pages[0]?.items).find((i) => i.type !== 'event' && i.type !== 'outgoing')?.id ?? ''

function Open({ item }: { readonly item: CaseDetail }) {
  const { t } = useTranslation()
  const view = useInboxView()
  const here = usePresence(item.id, view.work.me)
  const others = here.filter((p) => !p.visitor)
  const visitor = here.find((p) => p.visitor && p.state === 'typing')
  const [wanted, setWanted] = useState<Wanted | undefined>(() => {
    const back = wasTakenBack(item.id)
    return back ? { ...back, at: 1 } : item.draft ? { mode: 'reply', at: 0 } : undefined
  })
  const [splitting, setSplitting] = useState<ReadonlySet<string>>()
  const [quote, setQuote] = useState<readonly string[]>([])
  const [place, setPlace] = useState<Place>()
  const session = useQuery(sessionQuery).data
  // Notes count, which the case's own number leaves out.
  const newest = useInfiniteQuery({ ...threadQuery(item.id), select: newestMessage }).data ?? ''

  // Colleagues see who looks at it for as long as it is in front.
  const { id } = item
  useEffect(() => {
    let said = false
    const say = () => {
      if (document.visibilityState !== 'visible') return
      said = true
      sayPresence(id, 'viewing').catch(() => undefined)
    }
    // Who goes through the list looks at nothing yet.
    const first = setTimeout(say, LOOK_MS)
    const timer = setInterval(say, BEAT_MS)
    return () => {
      clearTimeout(first)
      clearInterval(timer)
      if (said) afterPaint(() => sayPresence(id, 'left').catch(() => undefined))
    }
  }, [id])
  useEffect(() => {
    const idle = setTimeout(() => void loadComposer(), 600)
    return () => clearTimeout(idle)
  }, [])

  // An answer that was taken back is written on where it was left.
  useEffect(() => {
    const again = (e: Event) => {
      if (e instanceof CustomEvent && e.detail === id)
        setWanted({ mode: 'reply', ...wasTakenBack(id), at: Date.now(), reload: true })
    }
    window.addEventListener(REOPEN, again)
    return () => window.removeEventListener(REOPEN, again)
  }, [id])

  const counter = useRef(0)
  const open = (mode: ComposerMode, more: Partial<Wanted> = {}) => {
    counter.current += 1
    setWanted({ mode, at: counter.current, ...more })
  }
  const forward = (include?: Message) => {
    setQuote(include ? [include.id] : [])
    open('forward')
  }
  useActions([
    { id: 'compose-reply', label: t('Reply'), section: 'Here', run: () => open('reply') },
    { id: 'compose-note', label: t('Write a note'), section: 'Here', run: () => open('note') },
    { id: 'compose-forward', label: t('Forward'), section: 'Here', run: () => forward() },
    {
      id: 'compose-macro',
      label: t('Use a macro…'),
      section: 'Here',
      run: () => open('reply', { macros: true }),
    },
    {
      id: 'case-split',
      label: splitting ? t('Stop splitting') : t('Split messages off…'),
      section: 'Here',
      run: () => setSplitting(splitting ? undefined : new Set()),
    },
  ])

  return (
    <div data-conversation className="flex min-h-0 flex-1 flex-col">
      <Head item={item} />
      {item.messages > LONG ? (
        <Suspense fallback={null}>
          <Summary
            of="cases"
            id={item.id}
            version={newest}
            firm={session?.firm || t('Us')}
            onJump={(s) => setPlace({ id: s.interaction_id, span: { from: s.start, to: s.end } })}
            className="max-h-[40%] flex-none border-b border-line bg-surface px-4 max-md:px-2"
          />
        </Suspense>
      ) : null}
      <Thread
        item={item}
        place={place}
        onForward={forward}
        onReopen={() => open('reply', { reload: true })}
        splitting={splitting}
        setSplitting={setSplitting}
      />
      <div className="flex-none">
        {visitor ? (
          <p role="status" className="px-6 py-1 text-label text-muted max-md:px-4">
            {t('{{names}} is typing', { names: item.customer_name })}
          </p>
        ) : null}
        {others.length > 0 ? (
          <p role="status" className="flex items-center gap-2 px-6 py-1 text-label text-muted max-md:px-4">
            {others.slice(0, 3).map((p) => (
              <Colleague key={p.user_id} id={p.user_id} name={p.name} size="tiny" />
            ))}
            {others.some((p) => p.state === 'typing')
              ? t('{{names}} is typing', {
                  names: others
                    .filter((p) => p.state === 'typing')
                    .map((p) => p.name)
                    .join(', '),
                })
              : t('{{names}} is looking at this too', { names: others.map((p) => p.name).join(', ') })}
          </p>
        ) : null}
        {wanted ? (
          <Suspense fallback={<div className="h-44 border-t border-line bg-surface" />}>
            <Composer
              key={wanted.reload ? wanted.at : item.id}
              item={item}
              wanted={wanted}
              include={quote}
              onMode={(mode) => open(mode)}
              onClose={() => {
                setWanted(undefined)
                view.focusList()
              }}
            />
          </Suspense>
        ) : (
          <>
            <ComposerBar item={item} onOpen={(mode) => open(mode)} />
            <ThumbBar item={item} />
          </>
        )}
      </div>
    </div>
  )
}

/** What it is, whose turn, and the three things done most. */
function Head({ item: c }: { readonly item: CaseDetail }) {
  const { t } = useTranslation()
  const view = useInboxView()
  const now = useNow()
  const look = c.status === 'todo' ? sla(c.waiting_since ?? c.opened_at, c.due_at, now) : undefined
  const finish = useFinish(c)
  const one = [c]
  return (
    <header className="@container flex min-h-14 flex-none items-center gap-1 border-b border-line bg-surface py-1.5 pr-2 pl-6 max-md:pl-1">
      <IconButton
        icon={ArrowLeft}
        label={t('Back to the list')}
        action="case-back"
        className="md:hidden"
        onClick={() => view.go('')}
      />
      <div className="min-w-0 flex-1">
        <h2 className="truncate text-msg leading-5 font-semibold" title={c.subject}>
          {c.subject || t('Conversation with {{name}}', { name: c.customer_name })}
        </h2>
        <p className="flex min-h-5 min-w-0 items-center gap-x-2 overflow-hidden text-label whitespace-nowrap text-muted">
          <ChannelGlyph channel={c.channel} className="!size-3.5" />
          <span className="min-w-0 truncate max-md:hidden">{c.inbox_name || c.customer_name}</span>
          <span className="min-w-0 truncate md:hidden">{c.customer_name}</span>
          <span aria-hidden className="max-md:hidden">
            ·
          </span>
          <button
            type="button"
            className="flex-none hover:text-text hover:underline max-md:hidden"
            onClick={() => view.ask('status', one)}
          >
            {c.status === 'snoozed' && c.snoozed_until
              ? t('Snoozed until {{when}}', { when: shortWhen(c.snoozed_until, now) })
              : t(standing(c))}
          </button>
          {look && look.state !== 'none' ? (
            <SlaRing look={look} label={slaWords(t, c, look.state === 'late', look.text)} />
          ) : null}
          <PriorityMark priority={c.priority} />
          {list(c.tags).map((tag) => (
            <span key={tag.id} className="inline-flex min-w-0 items-center gap-1 @max-[620px]:hidden">
              <span aria-hidden className="size-2 rounded-full" style={{ background: tagColour(tag.colour) }} />
              {tag.name}
            </span>
          ))}
          {c.automatic ? <Chip>{t('Automatic')}</Chip> : null}
        </p>
      </div>
      <button
        type="button"
        onClick={() => view.ask('assign', one)}
        title={c.assignee_id ? t('Assigned to {{name}}', { name: c.assignee_name }) : t('Assign…')}
        className="inline-flex h-9 flex-none items-center gap-2 rounded-control px-2 text-body text-muted hover:bg-sunken hover:text-text max-md:hidden"
      >
        {c.assignee_id ? (
          <>
            <Colleague id={c.assignee_id} name={c.assignee_name} />
            <span className="max-w-28 truncate @max-[620px]:sr-only">
              {c.assignee_id === view.work.me ? t('You') : c.assignee_name}
            </span>
          </>
        ) : (
          <>
            <UserPlus aria-hidden />
            <span className="@max-[620px]:sr-only">{t('Assign…')}</span>
          </>
        )}
      </button>
      <IconButton
        icon={Clock}
        label={t('Snooze…')}
        action="case-snooze"
        className="max-md:hidden"
        onClick={() => view.ask('snooze', one)}
      />
      <IconButton {...finish} action="case-done" className="max-md:hidden" />
      <Menu trigger={<IconButton icon={MoreHorizontal} label={t('What to do with this conversation')} />}>
        <CaseMenu />
      </Menu>
      <IconButton
        icon={PanelRight}
        label={t('Show or hide the customer')}
        action="case-panel"
        onClick={view.togglePanel}
      />
    </header>
  )
}

/** The button that closes a conversation, or opens it again. */
function useFinish(c: CaseDetail): { readonly icon: LucideIcon; readonly label: string; readonly onClick: () => void } {
  const { t } = useTranslation()
  const view = useInboxView()
  const one = [c]
  return c.status === 'done'
    ? { icon: Circle, label: t('Open it again'), onClick: () => view.change(one, { status: 'todo' }, t('Todo again')) }
    : {
        icon: Check,
        label: t('Done'),
        onClick: () => view.change(one, { status: 'done' }, t('Done'), view.leaving(one)),
      }
}

/** What is done most with a conversation, where the thumb is. */
function ThumbBar({ item: c }: { readonly item: CaseDetail }) {
  const { t } = useTranslation()
  const view = useInboxView()
  const ask = (kind: AskKind) => () => view.ask(kind, [c])
  const buttons = [
    useFinish(c),
    { icon: Clock, label: t('Snooze'), onClick: ask('snooze') },
    { icon: UserPlus, label: t('Assign'), onClick: ask('assign') },
    { icon: Tag, label: t('Label'), onClick: ask('label') },
    { icon: CircleDot, label: t('Status'), onClick: ask('status') },
  ]
  return (
    <div
      role="toolbar"
      aria-label={t('With this conversation')}
      className="above-edge flex border-t border-line bg-surface md:hidden"
    >
      {buttons.map(({ icon: Icon, label, onClick }) => (
        <button
          key={label}
          type="button"
          onClick={onClick}
          className="flex h-13 min-w-0 flex-1 flex-col items-center justify-center gap-0.5 text-meta text-muted active:bg-sunken"
        >
          <Icon aria-hidden className="!size-5" />
          <span className="max-w-full truncate px-0.5">{label}</span>
        </button>
      ))}
    </div>
  )
}

const IN_MENU = /^(case-(?!next|previous|back|open|panel|select)|compose-)/

/** Everything that can be done here, as the registry has it. */
function CaseMenu() {
  return <ActionItems actions={currentActions().filter((a) => IN_MENU.test(a.id))} />
}
