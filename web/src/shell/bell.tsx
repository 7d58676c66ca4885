import { Bell as BellIcon } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useActions } from '../actions/registry'
import { capped } from '../lib/words'
import { cx } from '../ui/cx'
import { Popover } from '../ui/popover'
import { useNotices } from './notices'

const BellPanel = lazy(async () => ({ default: (await import('./bell-panel')).BellPanel }))

/** What concerns the signed-in person: how much of it is new, and the list. */
export function Bell({ wide }: { readonly wide: boolean }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const notices = useNotices()
  const { unread } = notices
  useActions([
    {
      id: 'notifications',
      label: t('Notifications'),
      section: 'Go to',
      icon: BellIcon,
      run: () => setOpen(true),
    },
  ])
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      label={t('Notifications')}
      width={400}
      trigger={
        <button
          type="button"
          title={t('Notifications')}
          className="relative flex h-9 items-center gap-3 rounded-control text-body text-muted hover:bg-[var(--line)] hover:text-text data-[state=open]:bg-[var(--line)] max-md:order-1 max-md:h-14 max-md:min-w-0 max-md:flex-1 max-md:flex-col max-md:justify-center max-md:gap-0.5 max-md:text-meta md:px-3"
        >
          <BellIcon aria-hidden />
          <span className={cx('sr-only max-md:hidden', wide && 'xl:not-sr-only')}>{t('Notifications')}</span>
          <span className="max-w-full truncate md:hidden">{t('For you')}</span>
          {unread > 0 ? (
            <span
              className={cx(
                'absolute top-0.5 left-6 min-w-4 rounded-full bg-accent px-1 text-center text-meta leading-4 font-medium text-on-accent tabular-nums max-md:top-2 max-md:left-[calc(50%+2px)]',
                wide && 'xl:static xl:ml-auto',
              )}
            >
              {capped(unread)}
              <span className="sr-only"> {t('Unread')}</span>
            </span>
          ) : null}
        </button>
      }
    >
      <Suspense fallback={<div className="h-64" />}>
        <BellPanel notices={notices} close={() => setOpen(false)} />
      </Suspense>
    </Popover>
  )
}
