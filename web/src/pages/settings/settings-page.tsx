import { useSuspenseQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { keymapOpen } from '../../actions/keymap-dialog'
import { sessionQuery } from '../../api/queries/session'
import { density, letterKeys, theme } from '../../lib/prefs'
import { useStore } from '../../lib/store'
import { PageHeader } from '../../shell/page-header'
import { Button } from '../../ui/button'
import { Segmented } from '../../ui/segmented'
import { ApiKeys } from './api-keys'

export function SettingsPage() {
  const session = useSuspenseQuery(sessionQuery).data
  return (
    <>
      <PageHeader title="Settings" />
      <section aria-label="Settings" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        <div className="flex max-w-[820px] flex-col px-6 pb-16 max-md:px-4">
          <Looks />
          {session.role === 'owner' ? <ApiKeys /> : null}
          <Group title="You">
            <p>
              {session.name} <span className="text-muted">{session.email}</span>
            </p>
          </Group>
        </div>
      </section>
    </>
  )
}

function Looks() {
  const t = useStore(theme)
  const d = useStore(density)
  const letters = useStore(letterKeys)
  return (
    <Group title="On this machine">
      <Row label="Colours">
        <Segmented
          label="Colours"
          value={t}
          onChange={theme.set}
          options={[
            { value: 'system', label: 'As the system' },
            { value: 'light', label: 'Light' },
            { value: 'dark', label: 'Dark' },
          ]}
        />
      </Row>
      <Row label="Rows">
        <Segmented
          label="Rows"
          value={d}
          onChange={density.set}
          options={[
            { value: 'compact', label: 'Compact' },
            { value: 'normal', label: 'Normal' },
            { value: 'comfortable', label: 'Comfortable' },
          ]}
        />
      </Row>
      <Row label="Keyboard">
        <label className="flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            checked={letters}
            onChange={(e) => letterKeys.set(e.target.checked)}
            className="size-4 accent-[var(--accent)]"
          />
          Single letters are commands
        </label>
        <Button size="small" onClick={() => keymapOpen.set(true)}>
          Show the keys
        </Button>
      </Row>
    </Group>
  )
}

export function Group({
  title,
  children,
  action,
}: {
  readonly title: string
  readonly children: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <section aria-label={title} className="border-b border-line py-6">
      <div className="mb-3 flex min-h-9 items-center justify-between gap-4">
        <h2 className="text-read font-semibold">{title}</h2>
        {action}
      </div>
      {children}
    </section>
  )
}

function Row({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1">
      <span aria-hidden className="w-28 text-muted">
        {label}
      </span>
      {children}
    </div>
  )
}
