import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { sessionQuery } from '../../api/queries/session'
import { list } from '../../lib/list'
import { PageHeader } from '../../shell/page-header'
import { cx } from '../../ui/cx'
import { ApiKeys } from './api-keys'
import { FactorRules } from './factor-rules'
import { Health } from './health'
import { Inboxes } from './inboxes'
import { Intents } from './intents/intents'
import { Models } from './models'
import { NotificationSettings } from './notifications'
import { NumbersAndProducts } from './numbers/numbers'
import { People } from './people'
import { SecondReader } from './second-reader'
import { Security } from './security'
import { Teams } from './teams'
import { You } from './you'

export function SettingsPage() {
  const { t } = useTranslation()
  const session = useSuspenseQuery(sessionQuery).data
  const { section = '' } = useParams({ strict: false })
  const may = (verb: string) => list(session.verbs).includes(verb)
  const tabs = [
    { id: '', label: t('You'), may: true },
    { id: 'notifications', label: t('Notifications'), may: true },
    { id: 'sign-in', label: t('Sign-in'), may: true },
    { id: 'inboxes', label: t('Inboxes'), may: may('settings') },
    { id: 'health', label: t('Health'), may: may('settings') },
    { id: 'intents', label: t('Intents'), may: may('settings') },
    { id: 'numbers', label: t('Numbers and products'), may: may('settings') },
    { id: 'reading', label: t('Reading'), may: may('settings') },
    { id: 'people', label: t('People'), may: may('people') },
    { id: 'keys', label: t('API keys'), may: session.role === 'owner' },
  ].filter((tab) => tab.may)
  const shown = tabs.some((tab) => tab.id === section) ? section : ''
  return (
    <>
      <PageHeader title={t('Settings')} />
      {tabs.length > 1 ? (
        <nav
          aria-label={t('Parts of the settings')}
          className="flex flex-none gap-1 overflow-x-auto border-b border-line px-4 max-md:px-2"
        >
          {tabs.map((tab) => (
            <Link
              key={tab.id}
              to={tab.id ? '/settings/$section' : '/settings'}
              params={{ section: tab.id }}
              aria-current={tab.id === shown ? 'page' : undefined}
              className={cx(
                'relative inline-flex h-10 items-center px-2 whitespace-nowrap -outline-offset-2',
                tab.id === shown
                  ? 'font-medium after:absolute after:inset-x-2 after:bottom-0 after:h-0.5 after:bg-accent'
                  : 'text-muted hover:text-text',
              )}
            >
              {tab.label}
            </Link>
          ))}
        </nav>
      ) : null}
      <section
        aria-label={t('Settings')}
        tabIndex={0}
        className="relative min-h-0 flex-1 overflow-y-auto -outline-offset-2"
      >
        <div className="flex max-w-[820px] flex-col px-6 pb-16 max-md:px-4">
          {shown === 'notifications' ? (
            <NotificationSettings />
          ) : shown === 'sign-in' ? (
            <Security />
          ) : shown === 'inboxes' ? (
            <Inboxes />
          ) : shown === 'health' ? (
            <Health />
          ) : shown === 'intents' ? (
            <Intents />
          ) : shown === 'numbers' ? (
            <NumbersAndProducts />
          ) : shown === 'reading' ? (
            <>
              <Models />
              <SecondReader />
            </>
          ) : shown === 'people' ? (
            <>
              <People />
              <FactorRules />
              <Teams />
            </>
          ) : shown === 'keys' ? (
            <ApiKeys />
          ) : (
            <You />
          )}
        </div>
      </section>
    </>
  )
}
