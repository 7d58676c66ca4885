import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowDown, Copy, FileCode, Forward, Lightbulb, Split } from 'lucide-react'
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Action } from '../../actions/registry'
import { useActions } from '../../actions/registry'
import type { CaseDetail, Message as Msg, Outgoing } from '../../api/desk'
import {
  changeCases,
  countsChanged,
  knownCase,
  markCaseRead,
  putCase,
  refreshThread,
  threadQuery,
} from '../../api/queries/cases'
import { cancelSend } from '../../api/queries/outgoing'
import { flat } from '../../api/queries/pages'
import { sessionQuery } from '../../api/queries/session'
import { sends, takeBack } from '../../api/send-queue'
import type { Span } from '../../api/types'
import { hasArrived, seenOnce, type ThreadRow, threadRows } from '../../lib/inbox/thread-rows'
import { useNow } from '../../lib/now'
import { useStore } from '../../lib/store'
import { dayTitle } from '../../lib/time'
import { timeZone } from '../../lib/zone'
import { Button } from '../../ui/button'
import { Failed, Skeleton } from '../../ui/states'
import { attempt, done } from '../../ui/undo'
import { RawDialog } from '../customer/raw-dialog'
import { keepLocalDraft } from './composer/draft'
import { EventLine } from './event-line'
import { Message } from './message'
import { OutgoingRow, WaitingRow } from './outgoing-row'
import { captureFact } from './panel/capture'
import { useInboxView } from './view'

const AT_END = 60
const SEEN_MS = 800
/** Where each conversation was left, as the distance from its end. */
const places = new Map<string, number>()

/** A sentence of one message. */
export interface Place {
  readonly id: string
  readonly span: Span
}

interface ThreadProps {
  readonly item: CaseDetail
  /** What to show and mark; a new object each time that it is asked for. */
  readonly place: Place | undefined
  readonly onForward: (item?: Msg) => void
  readonly onReopen: () => void
  readonly splitting: ReadonlySet<string> | undefined
  readonly setSplitting: (ids: ReadonlySet<string> | undefined) => void
}

/** What was said, oldest first, at the newest or at the first unread message. */
export function Thread({ item, place, onForward, onReopen, splitting, setSplitting }: ThreadProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const view = useInboxView()
  const query = useInfiniteQuery(threadQuery(item.id))
  const session = useQuery(sessionQuery).data
  const items = useMemo(() => seenOnce([...flat(query.data)].reverse()), [query.data])
  const waiting = useStore(sends).filter((w) => w.caseId === item.id && !hasArrived(w, items, session?.user_id ?? ''))
  // What was unread at opening stays marked until the conversation is left.
  const [readSeq] = useState(() => (item.unread ? (item.read_seq ?? 0) : -1))
  const inZone = useStore(timeZone)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the days are those of the time zone
  const rows = useMemo(() => threadRows(items, readSeq), [items, readSeq, inZone])
  const [raw, setRaw] = useState<Msg>()
  const [away, setAway] = useState(false)
  const [unseen, setUnseen] = useState(0)
  const scroller = useRef<HTMLElement>(null)
  const newestId = useMemo(() => rows.findLast((r) => r.type === 'message')?.key ?? '', [rows])
  const newestIn = useMemo(
    () => rows.findLast((r) => r.type === 'message' && r.item.direction === 'in' && !r.item.automatic)?.key ?? '',
    [rows],
  )
  const [opened, setOpened] = useState('')
  if (opened === '' && newestId !== '') setOpened(newestId)

  const toEnd = useCallback((smooth: boolean) => {
    const el = scroller.current
    if (el) el.scrollTo({ top: el.scrollHeight, behavior: smooth ? 'smooth' : 'auto' })
  }, [])

  // Opening: at what is new, else where it was left, else at the end.
  const placed = useRef(false)
  const atEnd = useRef(true)
  const height = useRef(0)
  const ready = rows.length > 0
  useLayoutEffect(() => {
    const el = scroller.current
    if (!el || !ready || placed.current) return
    placed.current = true
    const mark = el.querySelector<HTMLElement>('[data-new]')
    const left = places.get(item.id)
    if (mark && el.scrollHeight > el.clientHeight) el.scrollTop = Math.max(0, mark.offsetTop - 48)
    else el.scrollTop = el.scrollHeight - (left ?? 0) - el.clientHeight
    atEnd.current = el.scrollHeight - el.scrollTop - el.clientHeight <= AT_END
    height.current = el.clientHeight
  }, [ready, item.id])

  // Who is at the end stays there while something comes in or grows; who reads further up is told.
  const before = useRef(newestId)
  useEffect(() => {
    const el = scroller.current
    const inner = el?.firstElementChild
    if (!el || !inner) return
    const observer = new ResizeObserver(() => {
      height.current = el.clientHeight
      if (placed.current && atEnd.current) el.scrollTop = el.scrollHeight
    })
    observer.observe(inner)
    observer.observe(el)
    return () => observer.disconnect()
  }, [])
  useEffect(() => {
    if (before.current !== '' && newestId !== before.current && away) setUnseen((n) => n + 1)
    before.current = newestId
  }, [newestId, away])

  const { hasNextPage, isFetching, fetchNextPage } = query
  const onScroll = () => {
    const el = scroller.current
    if (!el) return
    // A window that shrank is not somebody who scrolled up; the observer is told after this.
    if (atEnd.current && el.clientHeight !== height.current) return
    const end = el.scrollHeight - el.scrollTop - el.clientHeight
    places.set(item.id, end <= AT_END ? 0 : end)
    atEnd.current = end <= AT_END
    setAway(end > 160)
    if (end <= AT_END) setUnseen(0)
    if (el.scrollTop < 300 && hasNextPage && !isFetching) {
      // Older messages come in above; what is read stays where it is.
      const fromEnd = el.scrollHeight - el.scrollTop
      void fetchNextPage().then(() =>
        requestAnimationFrame(() => {
          el.scrollTop = el.scrollHeight - fromEnd
        }),
      )
    }
  }

  // A wanted message may lie further back than what is loaded.
  const reached = useRef<Place>(undefined)
  useEffect(() => {
    if (!place || reached.current === place || !ready) return
    const words = scroller.current?.querySelector<HTMLElement>(`[data-interaction="${CSS.escape(place.id)}"]`)
    if (!words) {
      if (hasNextPage && !isFetching) void fetchNextPage()
      return
    }
    reached.current = place
    atEnd.current = false
    const to = words.querySelector('mark') ?? words
    to.scrollIntoView({ block: 'center' })
    words.closest<HTMLElement>('article')?.focus({ preventScroll: true })
  })

  // In sight at the end for a moment counts as read.
  const { id, unread, seq } = item
  useEffect(() => {
    if (!unread || away || !ready) return
    const timer = setTimeout(() => {
      if (document.visibilityState !== 'visible') return
      const known = knownCase(client, id)
      if (known) putCase(client, { ...known, unread: false })
      markCaseRead(id, seq).then(
        () => countsChanged(client),
        () => undefined,
      )
    }, SEEN_MS)
    return () => clearTimeout(timer)
  }, [client, id, unread, seq, away, ready])

  useActions([
    {
      id: 'thread-end',
      label: t('To the newest message'),
      section: 'Here',
      icon: ArrowDown,
      run: () => toEnd(true),
    },
  ])
  const actionsOf = useCallback(
    (m: Msg): readonly Action[] => [
      { id: 'message-forward', label: t('Forward'), section: 'Here', icon: Forward, run: () => onForward(m) },
      {
        id: 'message-split',
        label: t('Split messages off…'),
        section: 'Here',
        icon: Split,
        run: () => setSplitting(new Set([m.id])),
      },
      { id: 'message-fact', label: t('Note a fact'), section: 'Here', icon: Lightbulb, run: captureFact },
      {
        id: 'message-copy',
        label: t('Copy the text'),
        section: 'Here',
        icon: Copy,
        run: () =>
          attempt(t('It could not be copied'), async () => {
            await navigator.clipboard.writeText(m.text)
            done(t('Text copied'))
          }),
      },
      { id: 'message-raw', label: t('Show as it came in'), section: 'Here', icon: FileCode, run: () => setRaw(m) },
    ],
    [t, onForward, setSplitting],
  )
  const undo = (o: Outgoing) =>
    attempt(t('It could not be taken back'), async () => {
      await cancelSend(o.id)
      if (item.status === 'done') await changeCases([item.id], { status: 'todo' })
      await refreshThread(client, item.id)
      onReopen()
    })

  if (query.isError && !query.data)
    return <Failed error={query.error} what={t('The messages could not be read')} retry={() => void query.refetch()} />
  return (
    <div className="relative min-h-0 flex-1 bg-bg">
      <section
        ref={scroller}
        aria-label={t('Messages')}
        tabIndex={0}
        onScroll={onScroll}
        className="h-full overflow-y-auto overscroll-contain -outline-offset-2 [overflow-anchor:none]"
      >
        <div className="relative mx-auto w-full max-w-[800px] px-6 pt-1 pb-6 max-md:px-3">
          {query.isPending ? <Skeleton rows={4} height={80} /> : null}
          {hasNextPage ? (
            <Button look="link" size="small" onClick={() => void fetchNextPage()}>
              {t('Show earlier messages')}
            </Button>
          ) : null}
          {byDay(rows).map((day) => (
            // A day of its own: the next label pushes this one away instead of covering it.
            <div key={day[0]?.key}>
              {day.map((row) => (
                <Row
                  key={row.key}
                  row={row}
                  item={item}
                  firm={session?.firm ?? ''}
                  newestIn={newestIn}
                  opened={opened}
                  place={place}
                  actionsOf={actionsOf}
                  splitting={splitting}
                  setSplitting={setSplitting}
                  onUndo={undo}
                />
              ))}
            </div>
          ))}
          {waiting.map((w) => (
            <WaitingRow
              key={w.key}
              item={w}
              onTake={() => {
                takeBack(w.key)
                keepLocalDraft(item.id, w.note ? 'note' : 'reply', { html: w.html })
                onReopen()
              }}
            />
          ))}
        </div>
      </section>
      {away ? (
        <button
          type="button"
          onClick={() => toEnd(true)}
          className="enter-fade absolute bottom-3 left-1/2 inline-flex h-8 -translate-x-1/2 items-center gap-2 rounded-chip border border-line bg-raised px-3 text-label font-medium shadow-overlay hover:bg-sunken"
        >
          <ArrowDown aria-hidden className="!size-3.5" />
          {unseen > 0 ? t('{{count}} new messages', { count: unseen }) : t('Newest')}
        </button>
      ) : null}
      {splitting ? (
        <div className="absolute inset-x-0 bottom-0 flex items-center gap-2 border-t border-line bg-raised px-6 py-2">
          <span className="flex-1" role="status">
            {t('{{count}} messages become a conversation of their own', { count: splitting.size })}
          </span>
          <Button look="ghost" onClick={() => setSplitting(undefined)}>
            {t('Cancel')}
          </Button>
          <Button
            look="primary"
            disabled={splitting.size === 0}
            onClick={() => {
              setSplitting(undefined)
              view.work.split(item, [...splitting])
            }}
          >
            {t('Split off')}
          </Button>
        </div>
      ) : null}
      <p className="sr-only" role="status">
        {opened !== '' && newestId !== opened ? t('A new message came in') : ''}
      </p>
      <RawDialog item={raw} onClose={() => setRaw(undefined)} />
    </div>
  )
}

/** The rows of each day, its label first. */
function byDay(rows: readonly ThreadRow[]): ThreadRow[][] {
  const days: ThreadRow[][] = []
  for (const row of rows) {
    const day = days.at(-1)
    if (day && row.type !== 'day') day.push(row)
    else days.push([row])
  }
  return days
}

interface RowProps {
  readonly row: ThreadRow
  readonly item: CaseDetail
  readonly firm: string
  readonly newestIn: string
  readonly opened: string
  readonly place: Place | undefined
  readonly actionsOf: (m: Msg) => readonly Action[]
  readonly splitting: ReadonlySet<string> | undefined
  readonly setSplitting: (ids: ReadonlySet<string>) => void
  readonly onUndo: (o: Outgoing) => void
}

function Row({ row, item, firm, newestIn, opened, place, actionsOf, splitting, setSplitting, onUndo }: RowProps) {
  const { t } = useTranslation()
  const now = useNow()
  switch (row.type) {
    case 'day':
      return (
        <h3 className="sticky top-0 z-10 -mx-3 flex justify-center py-1.5">
          <span className="rounded-chip border border-line bg-bg px-2.5 text-label leading-6 font-medium text-muted">
            {dayTitle(row.at, now)}
          </span>
        </h3>
      )
    case 'new':
      return (
        <div
          role="separator"
          data-new
          aria-label={t('New since you last looked')}
          className="mt-4 flex h-6 items-center gap-3 text-label font-medium text-accent"
        >
          <span className="h-px flex-1 bg-accent" />
          {t('New')}
          <span className="h-px flex-1 bg-accent" />
        </div>
      )
    case 'events':
      return <EventLine items={row.items} />
    case 'outgoing':
      return <OutgoingRow item={row.item} caseId={item.id} onUndo={() => onUndo(row.item)} />
    case 'message': {
      const mid = row.item.id
      return (
        <Message
          item={row.item}
          first={row.first}
          customerName={item.customer_name}
          doubtful={item.unverified}
          firm={firm}
          showReading={mid === newestIn}
          place={place?.id === mid ? place.span : undefined}
          actionsOf={actionsOf}
          arrived={opened !== '' && mid > opened && row.item.direction === 'in'}
          {...(splitting
            ? {
                split: {
                  on: splitting.has(mid),
                  toggle: () => {
                    const ids = new Set(splitting)
                    if (!ids.delete(mid)) ids.add(mid)
                    setSplitting(ids)
                  },
                },
              }
            : {})}
        />
      )
    }
  }
}
