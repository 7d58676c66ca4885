import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { Dialog as D } from 'radix-ui'
import { useDeferredValue, useState } from 'react'
import { get } from '../api/client'
import type { CustomerRow, Page } from '../api/types'
import { list } from '../lib/list'
import { createStore, useStore } from '../lib/store'
import { plural } from '../lib/words'
import { ChannelGlyph } from '../ui/channel'
import { Keys } from '../ui/keys'
import { type Action, currentActions, type Section } from './registry'

export const paletteOpen = createStore(false)

const ITEM =
  'flex min-h-9 cursor-default items-center gap-3 rounded-control px-2 py-1 text-body data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent-hover'
const SECTIONS: readonly Section[] = ['Here', 'Go to', 'View', 'General']

/** Everything that can be done from here, by name: this page first, then places, then customers. */
export function Palette() {
  const open = useStore(paletteOpen)
  return (
    <D.Root open={open} onOpenChange={paletteOpen.set}>
      <D.Portal>
        <D.Overlay className="enter-fade fixed inset-0 z-50 bg-scrim" />
        <D.Content
          aria-describedby={undefined}
          className="enter-fade fixed top-[12vh] left-1/2 z-50 w-[min(620px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-dialog border border-line bg-raised shadow-overlay outline-none"
        >
          <D.Title className="sr-only">Command palette</D.Title>
          {open ? <Body /> : null}
        </D.Content>
      </D.Portal>
    </D.Root>
  )
}

/** Every typed word must occur; guessing at scattered letters finds too much. */
function includesWords(value: string, search: string): number {
  // The server has found these.
  if (value.startsWith('customer:')) return 1
  const low = value.toLowerCase()
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word))
    ? 1
    : 0
}

function Body() {
  const [text, setText] = useState('')
  const [actions] = useState(currentActions)
  const q = useDeferredValue(text.trim())
  const navigate = useNavigate()
  const found = useQuery({
    queryKey: ['customers', 'palette', q],
    queryFn: ({ signal }) => get<Page<CustomerRow>>('/v1/customers', { q, limit: 8 }, signal),
    enabled: q.length > 0,
    placeholderData: (old) => old,
  })
  const close = (then: () => void) => {
    paletteOpen.set(false)
    // The palette gives the focus back first, so that what runs may move it.
    setTimeout(then)
  }
  const offered = actions.filter((a) => !a.quiet && a.id !== 'palette' && (!a.onSearch || q.length > 1))
  return (
    <Command label="Command palette" loop filter={includesWords} className="flex max-h-[64vh] flex-col">
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="Type a command or a customer’s name, mail or phone"
        className="h-12 w-full border-b border-line bg-transparent px-4 text-msg outline-none placeholder:text-muted"
      />
      <Command.List className="min-h-0 flex-1 overflow-y-auto p-2" label="Commands">
        <Command.Empty className="px-2 py-6 text-muted">Nothing by that name.</Command.Empty>
        {SECTIONS.map((section) => (
          <Group key={section} section={section} actions={offered} close={close} />
        ))}
        {q.length > 0 ? (
          <Command.Group heading="Customers">
            {list(found.data?.items).map((c) => (
              <Command.Item
                key={c.id}
                value={`customer:${c.id}`}
                className={ITEM}
                onSelect={() => close(() => void navigate({ to: '/customers/$id', params: { id: c.id } }))}
              >
                <ChannelGlyph channel={c.last_channel} silent />
                <span className="min-w-0 flex-1 truncate">
                  {c.name} <span className="text-muted">{list(c.identifiers)[0]}</span>
                </span>
                {c.waiting > 0 ? (
                  <span className="text-label text-muted">{plural(c.waiting, 'waiting', 'waiting')}</span>
                ) : null}
              </Command.Item>
            ))}
          </Command.Group>
        ) : null}
      </Command.List>
    </Command>
  )
}

interface GroupProps {
  readonly section: Section
  readonly actions: readonly Action[]
  readonly close: (then: () => void) => void
}

function Group({ section, actions, close }: GroupProps) {
  const own = actions.filter((a) => a.section === section)
  if (own.length === 0) return null
  return (
    <Command.Group heading={section}>
      {own.map((a) => (
        <Command.Item key={a.id} value={`${a.label} ${a.id}`} className={ITEM} onSelect={() => close(a.run)}>
          {a.icon ? <a.icon aria-hidden /> : <span className="size-4" />}
          <span className="min-w-0 flex-1 truncate">{a.label}</span>
          {a.keys ? <Keys keys={a.keys} /> : null}
        </Command.Item>
      ))}
    </Command.Group>
  )
}
