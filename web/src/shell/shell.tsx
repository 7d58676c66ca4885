import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import {
  Archive,
  Command,
  Keyboard,
  LogOut,
  PanelLeftClose,
  PanelLeftOpen,
  Route,
  Settings,
  Undo2,
  Users,
} from 'lucide-react'
import { useEffect } from 'react'
import { listenToKeys } from '../actions/keyboard'
import { KeymapDialog, keymapOpen } from '../actions/keymap-dialog'
import { Palette, paletteOpen } from '../actions/palette'
import { type Action, useActions } from '../actions/registry'
import { sessionQuery, signOut } from '../api/queries/session'
import { followChanges } from '../api/stream'
import { wideNav } from '../lib/prefs'
import { useStore } from '../lib/store'
import { IconButton } from '../ui/button'
import { cx } from '../ui/cx'
import { attempt, undoLast } from '../ui/undo'
import { Banners } from './banners'
import { viewActions } from './theme-actions'

const PLACES = [
  { to: '/customers', label: 'Customers', icon: Users, keys: 'g c' },
  { to: '/journeys', label: 'Journeys', icon: Route, keys: 'g j' },
  { to: '/quarantine', label: 'Quarantine', icon: Archive, keys: 'g q' },
  { to: '/settings', label: 'Settings', icon: Settings, keys: 'g s' },
] as const

/** What surrounds every page once somebody has signed in. */
export function Shell() {
  const client = useQueryClient()
  const navigate = useNavigate()
  useEffect(listenToKeys, [])
  useEffect(() => followChanges(client), [client])

  const leave = () =>
    attempt('Sign-out failed', async () => {
      await signOut(client)
      await navigate({ to: '/sign-in' })
    })
  const general: readonly Action[] = [
    ...PLACES.map(
      (p): Action => ({
        id: p.to,
        label: p.label,
        section: 'Go to',
        keys: p.keys,
        icon: p.icon,
        run: () => void navigate({ to: p.to }),
      }),
    ),
    ...viewActions,
    {
      id: 'nav',
      label: 'Wide or narrow navigation',
      section: 'View',
      icon: PanelLeftOpen,
      run: () => wideNav.set((w) => !w),
    },
    {
      id: 'palette',
      label: 'Command palette',
      section: 'General',
      keys: 'mod+k',
      icon: Command,
      run: () => paletteOpen.set((o) => !o),
    },
    { id: 'undo', label: 'Undo', section: 'General', keys: 'mod+z', icon: Undo2, run: undoLast },
    { id: 'keys', label: 'Keys', section: 'General', keys: '?', icon: Keyboard, run: () => keymapOpen.set(true) },
    { id: 'sign-out', label: 'Sign out', section: 'General', icon: LogOut, run: leave },
  ]
  useActions(general)
  const wide = useStore(wideNav)

  return (
    <div className="flex h-full flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-control focus:bg-raised focus:px-3 focus:py-2"
      >
        Skip to the content
      </a>
      <Banners />
      <div className="flex min-h-0 flex-1 flex-col-reverse md:flex-row">
        <nav
          aria-label="Main"
          className={cx(
            'flex flex-none items-center border-line bg-sunken max-md:h-14 max-md:justify-around max-md:border-t md:flex-col md:items-stretch md:border-r md:p-2',
            wide ? 'md:w-14 xl:w-[220px]' : 'md:w-14',
          )}
        >
          <Firm wide={wide} />
          {PLACES.map((p) => (
            <Link
              key={p.to}
              to={p.to}
              title={p.label}
              className="flex h-9 items-center gap-3 rounded-control text-body text-muted hover:bg-[var(--line)] hover:text-text max-md:h-14 max-md:flex-1 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:text-meta md:px-3"
              activeProps={{ className: '!text-text font-medium md:bg-[var(--line)]' }}
            >
              <p.icon aria-hidden />
              <span className={cx('md:sr-only', wide && 'xl:not-sr-only')}>{p.label}</span>
            </Link>
          ))}
          <div className={cx('mt-auto hidden flex-col gap-1 md:flex', wide && 'xl:flex-row')}>
            <IconButton icon={Command} label="Command palette" keys="mod+k" onClick={() => paletteOpen.set(true)} />
            <IconButton icon={Keyboard} label="Keys" keys="?" onClick={() => keymapOpen.set(true)} />
            <IconButton icon={LogOut} label="Sign out" onClick={leave} />
            <IconButton
              icon={wide ? PanelLeftClose : PanelLeftOpen}
              label={wide ? 'Narrow navigation' : 'Wide navigation'}
              className="max-xl:hidden"
              onClick={() => wideNav.set(!wide)}
            />
          </div>
        </nav>
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col outline-none">
          <Outlet />
        </main>
      </div>
      <Palette />
      <KeymapDialog />
    </div>
  )
}

function Firm({ wide }: { readonly wide: boolean }) {
  const session = useSuspenseQuery(sessionQuery).data
  return (
    <div
      className="mb-2 hidden h-10 items-center gap-3 px-2.5 md:flex"
      title={`${session.firm}, ${session.name ?? ''}`}
    >
      <img src="/favicon.svg" alt="" width={20} height={20} className="flex-none" />
      <div className={cx('hidden min-w-0', wide && 'xl:block')}>
        <p className="truncate text-body leading-4 font-semibold">{session.firm || 'Rapport'}</p>
        <p className="truncate text-meta leading-[14px] text-muted">{session.name}</p>
      </div>
    </div>
  )
}
