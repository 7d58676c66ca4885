import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { Link, Outlet, useNavigate } from '@tanstack/react-router'
import {
  Archive,
  ChartColumn,
  Command,
  Ellipsis,
  Inbox as InboxIcon,
  Keyboard,
  LogOut,
  type LucideIcon,
  PanelLeftClose,
  PanelLeftOpen,
  Route,
  Search,
  Settings,
  Undo2,
  Users,
  UsersRound,
  Waypoints,
} from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { listenToKeys } from '../actions/keyboard'
import { KeymapDialog, keymapOpen } from '../actions/keymap-dialog'
import { Palette, paletteOpen } from '../actions/palette'
import { type Action, useActions } from '../actions/registry'
import { followPersonal } from '../api/queries/personal'
import { sessionQuery, signOut } from '../api/queries/session'
import { keepSending } from '../api/send-queue'
import { followChanges } from '../api/stream'
import { say } from '../i18n/mark'
import { wideNav } from '../lib/prefs'
import { useStore } from '../lib/store'
import { keep } from '../lib/vault'
import { IconButton } from '../ui/button'
import { cx } from '../ui/cx'
import { Popover } from '../ui/popover'
import { attempt, failed, undoLast } from '../ui/undo'
import { Banners } from './banners'
import { Bell } from './bell'
import { viewActions } from './theme-actions'

/** thumb: has a place of its own on a phone; the others are behind "More" there. */
const PLACES = [
  { to: '/inbox', label: say('Inbox'), icon: InboxIcon, thumb: true },
  { to: '/customers', label: say('Customers'), icon: Users, thumb: true },
  { to: '/journeys', label: say('Journeys'), icon: Route },
  { to: '/explore', label: say('Paths'), icon: Waypoints },
  { to: '/review', label: say('Duplicates'), icon: UsersRound },
  { to: '/search', label: say('Search'), icon: Search, thumb: true },
  { to: '/reports', label: say('Reports'), icon: ChartColumn },
  { to: '/quarantine', label: say('Quarantine'), icon: Archive },
  { to: '/settings', label: say('Settings'), icon: Settings },
] as const satisfies readonly {
  readonly to: string
  readonly label: string
  readonly icon: LucideIcon
  readonly thumb?: boolean
}[]
const onThumb = (p: object): boolean => 'thumb' in p

const THUMB =
  'max-md:h-14 max-md:min-w-0 max-md:flex-1 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:text-meta'

/** What surrounds every page once somebody has signed in. */
export function Shell() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const navigate = useNavigate()
  useEffect(listenToKeys, [])
  const session = useSuspenseQuery(sessionQuery).data
  const me = session.user_id ?? ''
  // Only where it began counts: the stream itself goes on from what it told last.
  const place = useRef(session.place ?? '')
  useEffect(() => followChanges(client, place.current), [client])
  useEffect(
    () => followPersonal(client, me, (error) => failed(t('The settings were not saved'), error)),
    [client, me, t],
  )
  useEffect(
    () =>
      keepSending(client, (w, error) => {
        void keep(`draft:${w.note ? 'note' : 'reply'}:${w.caseId}`, { content: { html: w.html }, base: 0 })
        failed(t('An answer that waited was not sent; it is a draft again'), error)
      }),
    [client, t],
  )

  const leave = () =>
    attempt(t('Sign-out failed'), async () => {
      await signOut(client)
      await navigate({ to: '/sign-in' })
    })
  const general: readonly Action[] = [
    ...PLACES.map(
      (p): Action => ({
        id: p.to,
        label: t(p.label),
        section: 'Go to',
        icon: p.icon,
        run: () => void navigate({ to: p.to }),
      }),
    ),
    ...viewActions(t),
    {
      id: 'nav',
      label: t('Wide or narrow navigation'),
      section: 'View',
      icon: PanelLeftOpen,
      run: () => wideNav.set((w) => !w),
    },
    {
      id: 'palette',
      label: t('Command palette'),
      section: 'General',
      icon: Command,
      run: () => paletteOpen.set((o) => !o),
    },
    { id: 'undo', label: t('Undo'), section: 'General', icon: Undo2, run: undoLast },
    { id: 'keys', label: t('Keys'), section: 'General', icon: Keyboard, run: () => keymapOpen.set('show') },
    { id: 'sign-out', label: t('Sign out'), section: 'General', icon: LogOut, run: leave },
  ]
  useActions(general)
  const wide = useStore(wideNav)

  return (
    <div className="flex h-full flex-col">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:m-2 focus:rounded-control focus:bg-raised focus:px-3 focus:py-2"
      >
        {t('Skip to the content')}
      </a>
      <Banners />
      <div className="flex min-h-0 flex-1 flex-col-reverse md:flex-row">
        <nav
          aria-label={t('Main')}
          className={cx(
            'flex flex-none items-center border-line bg-sunken max-md:above-edge max-md:border-t md:flex-col md:items-stretch md:border-r md:p-2',
            wide ? 'md:w-14 xl:w-[220px]' : 'md:w-14',
          )}
        >
          <Firm wide={wide} />
          <Bell wide={wide} />
          {PLACES.map((p) => (
            <Link
              key={p.to}
              to={p.to}
              title={t(p.label)}
              className={cx(
                'flex h-9 items-center gap-3 rounded-control text-body text-muted hover:bg-[var(--line)] hover:text-text md:px-3',
                THUMB,
                !onThumb(p) && 'max-md:hidden',
              )}
              activeProps={{ className: '!text-text font-medium md:bg-[var(--line)]' }}
            >
              <p.icon aria-hidden />
              <span className={cx('max-w-full truncate md:sr-only', wide && 'xl:not-sr-only')}>{t(p.label)}</span>
            </Link>
          ))}
          <More leave={leave} />
          <div className={cx('mt-auto hidden flex-col gap-1 md:flex', wide && 'xl:flex-row')}>
            <IconButton
              icon={Command}
              label={t('Command palette')}
              action="palette"
              onClick={() => paletteOpen.set(true)}
            />
            <IconButton icon={Keyboard} label={t('Keys')} action="keys" onClick={() => keymapOpen.set('show')} />
            <IconButton icon={LogOut} label={t('Sign out')} onClick={leave} />
            <IconButton
              icon={wide ? PanelLeftClose : PanelLeftOpen}
              label={wide ? t('Narrow navigation') : t('Wide navigation')}
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

/** The places and commands that find no room under a thumb. */
function More({ leave }: { readonly leave: () => void }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const line = 'flex min-h-11 w-full items-center gap-3 rounded-control px-3 text-left text-read hover:bg-sunken'
  const then = (run: () => void) => () => {
    setOpen(false)
    run()
  }
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t('More')}
      width={240}
      align="end"
      trigger={
        <button type="button" className={cx('flex items-center text-muted max-md:order-2 md:hidden', THUMB)}>
          <Ellipsis aria-hidden />
          {t('More')}
        </button>
      }
    >
      <div className="-m-3 flex flex-col">
        {PLACES.filter((p) => !onThumb(p)).map((p) => (
          <Link key={p.to} to={p.to} onClick={() => setOpen(false)} className={line}>
            <p.icon aria-hidden className="text-muted" />
            {t(p.label)}
          </Link>
        ))}
        <hr className="my-1 border-line" />
        <button type="button" className={line} onClick={then(() => paletteOpen.set(true))}>
          <Command aria-hidden className="text-muted" />
          {t('Command palette')}
        </button>
        <button type="button" className={line} onClick={then(leave)}>
          <LogOut aria-hidden className="text-muted" />
          {t('Sign out')}
        </button>
      </div>
    </Popover>
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
