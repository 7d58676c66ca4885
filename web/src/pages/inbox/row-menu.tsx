import { ContextMenu as M } from 'radix-ui'
import { type MouseEvent, type ReactNode, useRef, useState } from 'react'
import { type Action, currentActions } from '../../actions/registry'
import { cx } from '../../ui/cx'
import { Keys } from '../../ui/keys'

interface RowMenuProps {
  /** Told which row the menu is for, before it opens. */
  readonly onRow: (id: string) => void
  readonly children: ReactNode
}

const OFFERED = /^case-(done|snooze|assign|claim|label|priority|status|unread|inbox|merge|journey|mention|select)$/

/** The actions on a row, where the pointer is: the same ones as the keys have. */
export function RowMenu({ onRow, children }: RowMenuProps) {
  const [actions, setActions] = useState<readonly Action[]>([])
  // A finger that stays opens it too, and not every browser says so by this event.
  const row = useRef('')
  const point = (e: MouseEvent) => {
    const option = e.target instanceof Element ? e.target.closest<HTMLElement>('[role=option]') : null
    const id = option?.id.slice(-36) ?? ''
    row.current = /^[0-9a-f-]{36}$/.test(id) ? id : ''
  }
  const onContextMenu = (e: MouseEvent) => {
    point(e)
    if (row.current === '') e.preventDefault()
  }
  const onOpenChange = (open: boolean) => {
    if (!open || row.current === '') return
    onRow(row.current)
    // The row is at hand once the page was drawn with it.
    setTimeout(() => setActions(currentActions().filter((a) => OFFERED.test(a.id))))
  }
  return (
    <M.Root modal={false} onOpenChange={onOpenChange}>
      <M.Trigger asChild onPointerDown={point} onContextMenu={onContextMenu}>
        <div className="flex min-h-0 flex-1 flex-col">{children}</div>
      </M.Trigger>
      <M.Portal>
        <M.Content
          collisionPadding={12}
          className="enter-fade z-40 min-w-56 rounded-card border border-line bg-raised p-1 shadow-overlay"
        >
          {actions.map((a) => (
            <M.Item
              key={a.id}
              onSelect={a.run}
              className={cx(
                'flex min-h-8 cursor-default items-center gap-2 rounded-control px-2 text-body outline-none data-[highlighted]:bg-sunken',
                a.danger && 'text-danger-text',
              )}
            >
              {a.icon ? <a.icon aria-hidden /> : <span className="size-4" />}
              <span className="flex-1">{a.label}</span>
              <Keys action={a.id} />
            </M.Item>
          ))}
        </M.Content>
      </M.Portal>
    </M.Root>
  )
}
