import { useVirtualizer } from '@tanstack/react-virtual'
import { ArrowDown } from 'lucide-react'
import { type RefObject, useEffect, useLayoutEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useActions } from '../../actions/registry'
import { useNow } from '../../lib/now'
import { laneCount, type Row } from '../../lib/rows'
import { dayTitle, timeOfDay } from '../../lib/time'
import { ChannelGlyph } from '../../ui/channel'
import { cx } from '../../ui/cx'
import { Band, journeyTitle } from './band'
import { Contact } from './contact'
import { gutterWidth, Rails } from './rails'
import { useCustomerView } from './view'

export interface Target {
  readonly contact?: string
  readonly journey?: string
}

interface TimelineProps {
  readonly rows: readonly Row[]
  readonly current: string
  readonly setCurrent: (key: string) => void
  readonly target: Target | undefined
  readonly onReached: () => void
  readonly hasOlder: boolean
  readonly loadOlder: () => void
  /** Newer than this arrived while the page was open. */
  readonly arrivedAfter: string
  readonly newest: string
  readonly onAtEnd: (atEnd: boolean) => void
  readonly firstStop: 'new' | 'end'
}

const keyOf = (t: Target): string => t.contact ?? `band:${t.journey ?? ''}`

/** All contacts of a customer, oldest first, with the journeys drawn beside them. */
export function Timeline(props: TimelineProps) {
  const { t } = useTranslation()
  const { rows, current, setCurrent, target, onReached, hasOlder, loadOlder, firstStop, onAtEnd } = props
  const view = useCustomerView()
  const scroller = useRef<HTMLDivElement>(null)
  const lanes = laneCount(rows)
  const currentIndex = rows.findIndex((r) => r.key === current)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => ESTIMATES[rows[i]?.type ?? 'contact'],
    getItemKey: (i) => rows[i]?.key ?? i,
    overscan: 6,
    paddingStart: 12,
    paddingEnd: 32,
    scrollPaddingStart: 40,
    anchorTo: 'end',
    scrollEndThreshold: AT_END,
  })
  const shown = virtual.getVirtualItems()
  const firstShown = shown[0]?.index ?? 0

  const total = virtual.getTotalSize()
  const lastHeight = useRef(0)

  // Opening: at the first unread contact; else at the head of the story that waits
  // for us when it is short enough to see; else at the newest contact.
  const placed = useRef(false)
  useLayoutEffect(() => {
    if (placed.current || rows.length === 0) return
    placed.current = true
    if (target) return
    const unread = firstStop === 'new' ? rows.findIndex((r) => r.type === 'new') : -1
    const waiting = rows.findIndex(
      (r) => r.type === 'band' && !r.folded && view.journeys.get(r.journeyId)?.state === 'waiting_for_us',
    )
    const at = unread >= 0 ? unread : waiting >= 0 && rows.length - waiting <= NEAR ? waiting : -1
    if (at >= 0) virtual.scrollToIndex(at, { align: 'start' })
    else virtual.scrollToEnd()
  }, [rows, target, firstStop, virtual, view])

  // Who was at the end before something came in, or was measured, stays there.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height and the rows are what is reacted to
  useLayoutEffect(() => {
    const el = scroller.current
    if (!el || !placed.current) return
    const before = lastHeight.current
    if (before > 0 && before - el.scrollTop - el.clientHeight <= AT_END) el.scrollTop = el.scrollHeight
    lastHeight.current = el.scrollHeight
  }, [total, rows])

  // A wanted contact may lie further back than what is loaded.
  useEffect(() => {
    if (!target) return
    const at = rows.findIndex((r) => r.key === keyOf(target))
    if (at < 0) {
      if (hasOlder) loadOlder()
      else onReached()
      return
    }
    virtual.scrollToIndex(at, { align: target.contact ? 'center' : 'start' })
    setCurrent(keyOf(target))
    focusRow(scroller, keyOf(target))
    onReached()
  }, [target, rows, hasOlder, loadOlder, onReached, setCurrent, virtual])

  useEffect(() => {
    if (placed.current && hasOlder && firstShown < 8) loadOlder()
  }, [hasOlder, firstShown, loadOlder])

  const atEnd = virtual.isAtEnd()
  useEffect(() => onAtEnd(atEnd), [atEnd, onAtEnd])

  const step = (by: 1 | -1) => {
    let at = currentIndex >= 0 ? currentIndex + by : by > 0 ? firstInSight(scroller, rows) : rows.length - 1
    while (at >= 0 && at < rows.length && !isStop(rows[at])) at += by
    const row = rows[at]
    if (!row) return
    setCurrent(row.key)
    virtual.scrollToIndex(at, { align: 'auto' })
    focusRow(scroller, row.key)
  }
  useActions([
    { id: 'contact-next', label: t('Next contact'), section: 'Here', quiet: true, run: () => step(1) },
    {
      id: 'contact-previous',
      label: t('Previous contact'),
      section: 'Here',
      quiet: true,
      run: () => step(-1),
    },
    {
      id: 'timeline-end',
      label: t('To the newest contact'),
      section: 'Here',
      icon: ArrowDown,
      run: () => virtual.scrollToEnd(),
    },
  ])

  const unseen =
    props.arrivedAfter === ''
      ? 0
      : rows.filter((r) => r.type === 'contact' && r.item.id > props.arrivedAfter && r.item.occurred_at > props.newest)
          .length
  return (
    <div className="relative min-h-0 flex-1">
      <section
        ref={scroller}
        aria-label={t('Timeline')}
        tabIndex={0}
        className="h-full overflow-y-auto overscroll-contain [--edge:18px] [--pitch:28px] max-md:[--edge:14px] max-md:[--pitch:20px] -outline-offset-2 [overflow-anchor:none]"
      >
        <div className="relative mx-auto w-full max-w-[940px]" style={{ height: virtual.getTotalSize() }}>
          {shown.map((v) => {
            const row = rows[v.index]
            if (!row) return null
            return (
              <div
                key={v.key}
                ref={virtual.measureElement}
                data-index={v.index}
                data-row={row.key}
                className="absolute inset-x-0 top-0 px-4 max-md:px-2"
                style={{ transform: `translateY(${v.start}px)` }}
              >
                <RowView
                  row={row}
                  gutter={gutterWidth(lanes)}
                  current={row.key === current}
                  setCurrent={setCurrent}
                  arrived={row.type === 'contact' && props.arrivedAfter !== '' && row.item.occurred_at > props.newest}
                />
              </div>
            )
          })}
        </div>
      </section>
      {(virtual.scrollOffset ?? 0) > 8 ? (
        <StickyDay
          rows={rows}
          first={virtual.getVirtualItemForOffset((virtual.scrollOffset ?? 0) + 36)?.index ?? 0}
          gutter={gutterWidth(lanes)}
        />
      ) : null}
      {!atEnd && rows.length > 0 ? (
        <button
          type="button"
          onClick={() => virtual.scrollToEnd({ behavior: 'smooth' })}
          className="enter-fade absolute bottom-4 left-1/2 inline-flex h-8 -translate-x-1/2 items-center gap-2 rounded-chip border border-line bg-raised px-3 text-label font-medium shadow-overlay hover:bg-sunken"
        >
          <ArrowDown aria-hidden className="!size-3.5" />
          {unseen > 0 ? t('{{count}} new contacts', { count: unseen }) : t('Newest')}
        </button>
      ) : null}
    </div>
  )
}

/** How near to the end counts as being there, in pixels. */
const AT_END = 80

const ESTIMATES: Readonly<Record<Row['type'], number>> = { day: 40, new: 32, band: 130, contact: 120, events: 44 }
/** Rows that a screen or two can show. */
const NEAR = 16
const isStop = (row: Row | undefined): boolean => row?.type === 'contact' || row?.type === 'band'

/** Focus follows once the row has been drawn at its new place. */
function focusRow(scroller: RefObject<HTMLDivElement | null>, key: string, tries = 8): void {
  requestAnimationFrame(() => {
    const row = scroller.current?.querySelector<HTMLElement>(`[data-row="${CSS.escape(key)}"] [data-stop]`)
    if (row) row.focus({ preventScroll: true })
    else if (tries > 0) focusRow(scroller, key, tries - 1)
  })
}

function firstInSight(scroller: RefObject<HTMLDivElement | null>, rows: readonly Row[]): number {
  const top = scroller.current?.getBoundingClientRect().top ?? 0
  for (const el of scroller.current?.querySelectorAll<HTMLElement>('[data-row]') ?? []) {
    if (el.getBoundingClientRect().top >= top) return rows.findIndex((r) => r.key === el.dataset.row)
  }
  return 0
}

interface RowViewProps {
  readonly row: Row
  readonly gutter: string
  readonly current: boolean
  readonly setCurrent: (key: string) => void
  readonly arrived: boolean
}

function RowView({ row, gutter, current, setCurrent, arrived }: RowViewProps) {
  const { t } = useTranslation()
  const view = useCustomerView()
  const now = useNow()
  const stop = {
    'data-stop': '',
    tabIndex: current ? 0 : -1,
    onFocus: () => setCurrent(row.key),
    onMouseDown: () => setCurrent(row.key),
  }
  const frame = cx('rounded-card outline-offset-0', current && 'shadow-[0_0_0_1px_var(--line)]')
  switch (row.type) {
    case 'day':
      return (
        <div className="relative" style={{ paddingLeft: gutter }}>
          <Rails rails={row.rails} hue={view.hue} />
          <h2 className="flex h-10 items-end pb-1.5 text-label font-medium text-muted">{dayTitle(row.at, now)}</h2>
        </div>
      )
    case 'new':
      return (
        <div className="relative" style={{ paddingLeft: gutter }}>
          <Rails rails={row.rails} hue={view.hue} />
          <div
            role="separator"
            aria-label={t('New since you last looked')}
            className="flex h-8 items-center gap-3 text-label font-medium text-accent"
          >
            {t('New')}
            <span className="h-px flex-1 bg-accent" />
          </div>
        </div>
      )
    case 'band': {
      const journey = view.journeys.get(row.journeyId)
      return (
        <div className="relative py-1" style={{ paddingLeft: gutter }}>
          <Rails
            rails={row.rails}
            hue={view.hue}
            lane={row.lane}
            node={
              <span
                className="size-3 rounded-[4px] shadow-[0_0_0_3px_var(--bg)]"
                style={{ background: view.hue(row.journeyId) }}
              />
            }
          />
          <div {...stop} className={frame}>
            {journey ? (
              <Band journey={journey} folded={row.folded} />
            ) : (
              <div className="h-10 rounded-card border border-line" />
            )}
          </div>
        </div>
      )
    }
    case 'contact':
      return (
        <div className="relative py-0.5" style={{ paddingLeft: gutter }}>
          <Rails
            rails={row.rails}
            hue={view.hue}
            lane={row.lane}
            node={
              <span className="flex size-6 items-center justify-center rounded-full border border-line bg-surface shadow-[0_0_0_2px_var(--bg)]">
                <ChannelGlyph channel={row.item.channel} kind={row.item.kind} silent className="!size-3.5" />
              </span>
            }
          />
          <article {...stop} aria-current={current ? 'true' : undefined} className={frame}>
            <Contact item={row.item} arrived={arrived} />
          </article>
        </div>
      )
    case 'events':
      return (
        <div className="relative py-0.5" style={{ paddingLeft: gutter }}>
          <Rails rails={row.rails} hue={view.hue} />
          <ul className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 pl-2 text-label text-muted">
            {row.items.map((e) => (
              <li key={e.id} className="inline-flex items-center gap-1" title={timeOfDay(e.occurred_at)}>
                <ChannelGlyph channel={e.channel} kind={e.kind} className="!size-3.5" />
                {e.text || e.subject || t('Visit')}
              </li>
            ))}
          </ul>
        </div>
      )
  }
}

interface StickyDayProps {
  readonly rows: readonly Row[]
  readonly first: number
  readonly gutter: string
}

/** The day and the journey of what is at the top, in place while the rows pass beneath. */
function StickyDay({ rows, first, gutter }: StickyDayProps) {
  const now = useNow()
  const view = useCustomerView()
  const row = rows[first]
  // A day that is in place itself needs none over it.
  if (row === undefined || row.type === 'new' || row.type === 'day') return null
  const at = row.type === 'contact' ? row.item.occurred_at : row.type === 'events' ? row.items[0]?.occurred_at : row.at
  const id = row.type === 'contact' ? row.item.journey_id : row.type === 'band' ? row.journeyId : ''
  const journey = view.journeys.get(id)
  if (at === undefined) return null
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute inset-x-0 top-0 h-8 border-b border-line bg-bg [--edge:18px] [--pitch:28px] max-md:[--edge:14px] max-md:[--pitch:20px]"
    >
      <div className="mx-auto flex h-full w-full max-w-[940px] items-center gap-3 px-4 text-label font-medium text-muted max-md:px-2">
        <span className="truncate" style={{ marginLeft: gutter }}>
          {dayTitle(at, now)}
        </span>
        {journey ? (
          <span className="inline-flex min-w-0 items-center gap-1.5 text-text">
            <span className="size-2 flex-none rounded-full" style={{ background: view.hue(journey.id) }} />
            <span className="truncate">{journeyTitle(journey)}</span>
          </span>
        ) : null}
      </div>
    </div>
  )
}
