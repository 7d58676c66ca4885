import { useVirtualizer } from '@tanstack/react-virtual'
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  type Ref,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
} from 'react'
import { type Action, useActions } from '../actions/registry'
import { cx } from './cx'

interface VirtualListProps<T> {
  readonly label: string
  readonly items: readonly T[]
  readonly idOf: (item: T) => string
  readonly row: (item: T) => ReactNode
  readonly height: number
  readonly activeId: string
  readonly onActive: (id: string) => void
  readonly onOpen: (item: T) => void
  /** The row is about to be opened: the pointer went down on it. */
  readonly onPoint?: (id: string) => void
  /** Opened in a new tab when clicked so. */
  readonly hrefOf?: (item: T) => string
  readonly hasMore: boolean
  readonly loadMore: () => void
  readonly before?: ReactNode
  /** Rows that are chosen for doing something with all of them; makes it a list of many. */
  readonly selected?: ReadonlySet<string>
  /** A click with Shift or on the row's own box. */
  readonly onSelect?: (id: string, range: boolean) => void
  /** The page has its own keys for next, previous and open. */
  readonly ownKeys?: boolean
  readonly ref?: Ref<HTMLDivElement>
}

/**
 * A list of any length: only the rows in sight exist. It is one stop of the Tab key;
 * arrows, j and k move through it and Enter opens (ARIA listbox pattern).
 */
export function VirtualList<T>(props: VirtualListProps<T>) {
  const { label, items, idOf, row, height, activeId, onActive, onOpen, onPoint, hrefOf, hasMore, loadMore } = props
  const { selected, onSelect, ownKeys, ref } = props
  const scroller = useRef<HTMLDivElement>(null)
  useImperativeHandle(ref, () => scroller.current as HTMLDivElement, [])
  const base = useId()
  const virtual = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 8,
    getItemKey: (i) => {
      const item = items[i]
      return item === undefined ? i : idOf(item)
    },
  })
  const rows = virtual.getVirtualItems()
  const lastSeen = rows[rows.length - 1]?.index ?? 0
  const wantsMore = hasMore && lastSeen >= items.length - 20

  // The scroll position is outside React; reading on follows it.
  useEffect(() => {
    if (wantsMore) loadMore()
  }, [wantsMore, loadMore])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height makes the measured rows wrong
  useEffect(() => virtual.measure(), [virtual, height])

  const active = items.findIndex((i) => idOf(i) === activeId)
  // Coming back, the list stands where it was left and takes the keys again.
  const placed = useRef(false)
  useEffect(() => {
    if (placed.current) return
    placed.current = true
    if (active < 0) return
    virtual.scrollToIndex(active, { align: 'center' })
    if (document.activeElement === document.body) scroller.current?.focus({ preventScroll: true })
  }, [active, virtual])
  const go = (to: number) => {
    const index = Math.max(0, Math.min(items.length - 1, to))
    const item = items[index]
    if (item === undefined) return
    onActive(idOf(item))
    virtual.scrollToIndex(index, { align: 'auto' })
    scroller.current?.focus({ preventScroll: true })
  }
  const open = () => {
    const item = items[Math.max(0, active)]
    if (item !== undefined) onOpen(item)
  }
  // Where the page moves, the list follows.
  const followed = useRef(active)
  useEffect(() => {
    if (followed.current === active) return
    followed.current = active
    if (ownKeys && active >= 0) virtual.scrollToIndex(active, { align: 'auto' })
  }, [active, ownKeys, virtual])
  const own: readonly Action[] = [
    { id: 'list-next', label: 'Next in the list', section: 'Here', quiet: true, run: () => go(active + 1) },
    {
      id: 'list-previous',
      label: 'Previous in the list',
      section: 'Here',
      quiet: true,
      run: () => go(active < 0 ? 0 : active - 1),
    },
    { id: 'list-open', label: 'Open', section: 'Here', quiet: true, run: open },
  ]
  useActions(ownKeys ? [] : own)

  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 1)
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active < 0 ? 0 : active - 1,
      Home: 0,
      End: items.length - 1,
      PageDown: active + page,
      PageUp: active - page,
    }
    const to = moves[event.key]
    if (to !== undefined) {
      event.preventDefault()
      go(to)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      open()
    }
  }
  const onClick = (event: MouseEvent, item: T) => {
    if (onSelect && event.shiftKey) {
      event.preventDefault()
      onSelect(idOf(item), true)
      return
    }
    onActive(idOf(item))
    if ((event.metaKey || event.ctrlKey) && hrefOf) window.open(hrefOf(item), '_blank', 'noopener')
    else onOpen(item)
  }
  const optionId = (id: string) => `${base}-${id}`
  const shown = rows.some((r) => r.index === active)

  return (
    <div
      ref={scroller}
      role="listbox"
      aria-label={label}
      tabIndex={0}
      {...(selected ? { 'aria-multiselectable': true } : {})}
      {...(shown ? { 'aria-activedescendant': optionId(activeId) } : {})}
      onKeyDown={onKeyDown}
      onFocus={() => {
        if (!ownKeys && active < 0 && items[0] !== undefined) onActive(idOf(items[0]))
      }}
      className="group/list min-h-0 flex-1 overflow-y-auto overscroll-contain focus-visible:outline-none"
    >
      <div role="presentation" className="relative" style={{ height: virtual.getTotalSize() }}>
        {rows.map((v) => {
          const item = items[v.index]
          if (item === undefined) return null
          const id = idOf(item)
          const isActive = id === activeId
          return (
            // Keys are handled by the listbox, which has the focus.
            // biome-ignore lint/a11y/useKeyWithClickEvents: see above
            <div
              key={v.key}
              id={optionId(id)}
              role="option"
              tabIndex={-1}
              aria-selected={selected ? selected.has(id) : isActive}
              {...(selected && isActive ? { 'aria-current': true } : {})}
              aria-posinset={v.index + 1}
              aria-setsize={hasMore ? -1 : items.length}
              onPointerDown={() => onPoint?.(id)}
              onClick={(e) => onClick(e, item)}
              className={cx(
                'absolute inset-x-0 top-0 cursor-pointer border-b border-line outline-none',
                isActive
                  ? 'bg-accent-soft group-focus-visible/list:shadow-[inset_3px_0_0_var(--accent)]'
                  : 'hover:bg-sunken',
              )}
              style={{ height: v.size, transform: `translateY(${v.start}px)` }}
            >
              {row(item)}
            </div>
          )
        })}
      </div>
    </div>
  )
}
