import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { Command } from 'cmdk'
import { useDeferredValue, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { get } from '../api/client'
import type { CustomerRow, Page } from '../api/types'
import { say } from '../i18n/mark'
import { list } from '../lib/list'
import { capped } from '../lib/words'
import { ChannelGlyph } from '../ui/channel'
import { Keys } from '../ui/keys'
import { PALETTE_FIELD, paletteOpen } from './palette'
import { type Action, currentActions, type Section } from './registry'

const ITEM =
  'flex min-h-9 cursor-default items-center gap-3 rounded-control px-2 py-1 text-body data-[selected=true]:bg-accent-soft data-[selected=true]:text-accent-hover'
const SECTIONS: readonly Section[] = [say('Here'), say('Go to'), say('View'), say('General')]

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

/** What stands in the palette: the actions of this page, places, and customers; typed is what came before it stood. */
export function PaletteBody({ typed }: { readonly typed: string }) {
  const { t } = useTranslation()
  const [text, setText] = useState(typed)
  const [actions] = useState(currentActions)
  const q = useDeferredValue(text.trim())
  const navigate = useNavigate()
  const found = useQuery({
    queryKey: ['customers', 'palette', q],
    queryFn: ({ signal }) => get<Page<CustomerRow>>('/v1/customers', { q, limit: 8 }, signal),
    enabled: q.length > 0,
    placeholderData: (old) => old,
  })
  // What is found later stands first too, unless somebody has chosen already:
  // who types a name and presses Enter means the best match, not the first answer.
  const [selected, setSelected] = useState('')
  const chosen = useRef(false)
  const items = useRef<HTMLDivElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what was found changes what stands first
  useEffect(() => {
    if (chosen.current) return
    setSelected(items.current?.querySelector('[cmdk-item]')?.getAttribute('data-value') ?? '')
  }, [found.data, q])
  const close = (then: () => void) => {
    paletteOpen.set(false)
    // The palette gives the focus back first, so that what runs may move it.
    setTimeout(then)
  }
  const offered = actions.filter((a) => !a.quiet && a.id !== 'palette' && (!a.onSearch || q.length > 1))
  return (
    <Command
      label={t('Command palette')}
      loop
      filter={includesWords}
      value={selected}
      onValueChange={setSelected}
      onKeyDown={(e) => {
        if (e.key.startsWith('Arrow') || e.key === 'Home' || e.key === 'End') chosen.current = true
      }}
      className="flex max-h-[64dvh] flex-col"
    >
      <Command.Input
        autoFocus
        value={text}
        onValueChange={(now) => {
          chosen.current = false
          setText(now)
        }}
        placeholder={t('Type a command or a customer’s name, mail or phone')}
        className={PALETTE_FIELD}
      />
      <Command.List ref={items} className="min-h-0 flex-1 overflow-y-auto p-2" label={t('Commands')}>
        <Command.Empty className="px-2 py-6 text-muted">{t('Nothing by that name.')}</Command.Empty>
        {SECTIONS.map((section) => (
          <Group key={section} section={section} actions={offered} close={close} />
        ))}
        {q.length > 0 ? (
          <Command.Group heading={t('Customers')}>
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
                  <span className="text-label text-muted">{t('{{n}} waiting', { n: capped(c.waiting) })}</span>
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
  const { t } = useTranslation()
  const own = actions.filter((a) => a.section === section)
  if (own.length === 0) return null
  return (
    <Command.Group heading={t(section)}>
      {own.map((a) => (
        <Command.Item key={a.id} value={`${a.label} ${a.id}`} className={ITEM} onSelect={() => close(a.run)}>
          {a.icon ? <a.icon aria-hidden /> : <span className="size-4" />}
          <span className="min-w-0 flex-1 truncate">{a.label}</span>
          <Keys action={a.id} />
        </Command.Item>
      ))}
    </Command.Group>
  )
}
