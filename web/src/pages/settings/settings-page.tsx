import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useParams } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { keymapOpen } from '../../actions/keymap-dialog'
import { sessionQuery } from '../../api/queries/session'
import { list } from '../../lib/list'
import { density, letterKeys, theme } from '../../lib/prefs'
import { useStore } from '../../lib/store'
import { PageHeader } from '../../shell/page-header'
import { Button } from '../../ui/button'
import { cx } from '../../ui/cx'
import { Segmented } from '../../ui/segmented'
import { ApiKeys } from './api-keys'
import { FactorRules } from './factor-rules'
import { Group } from './group'
import { Health } from './health'
import { Inboxes } from './inboxes'
import { LanguageChoice } from './language-choice'
import { Models } from './models'
import { NotificationSettings } from './notifications'
import { People } from './people'
import { Security } from './security'
import { Sending } from './sending'
import { Teams } from './teams'

export function SettingsPage() {
  const { t } = useTranslation()
  const session = useSuspenseQuery(sessionQuery).data
  const { section = '' } = useParams({ strict: false })
  const may = (verb: string) => list(session.verbs).includes(verb)
  const tabs = [
    { id: '', label: t('Mine'), may: true },
    { id: 'notifications', label: t('Notifications'), may: true },
    { id: 'sign-in', label: t('Sign-in'), may: true },
    { id: 'inboxes', label: t('Inboxes'), may: may('settings') },
    { id: 'health', label: t('Health'), may: may('settings') },
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
      <section aria-label={t('Settings')} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        <div className="flex max-w-[820px] flex-col px-6 pb-16 max-md:px-4">
          {shown === 'notifications' ? (
            <NotificationSettings />
          ) : shown === 'sign-in' ? (
            <Security />
          ) : shown === 'inboxes' ? (
            <Inboxes />
          ) : shown === 'health' ? (
            <Health />
          ) : shown === 'reading' ? (
            <Models />
          ) : shown === 'people' ? (
            <>
              <People />
              <FactorRules />
              <Teams />
            </>
          ) : shown === 'keys' ? (
            <ApiKeys />
          ) : (
            <>
              <Looks />
              <Sending />
              <Group title={t('You')}>
                <p>
                  {session.name} <span className="text-muted">{session.email}</span>
                </p>
              </Group>
            </>
          )}
        </div>
      </section>
    </>
  )
}

function Looks() {
  const { t } = useTranslation()
  const look = useStore(theme)
  const d = useStore(density)
  const letters = useStore(letterKeys)
  return (
    <Group title={t('On this machine')}>
      <Row label={t('Language')}>
        <LanguageChoice />
      </Row>
      <Row label={t('Colours')}>
        <Segmented
          label={t('Colours')}
          value={look}
          onChange={theme.set}
          options={[
            { value: 'system', label: t('As the system') },
            { value: 'light', label: t('Light') },
            { value: 'dark', label: t('Dark') },
          ]}
        />
      </Row>
      <Row label={t('Rows')}>
        <Segmented
          label={t('Rows')}
          value={d}
          onChange={density.set}
          options={[
            { value: 'compact', label: t('Compact') },
            { value: 'normal', label: t('Normal') },
            { value: 'comfortable', label: t('Comfortable') },
          ]}
        />
      </Row>
      <Row label={t('Keyboard')}>
        <label className="flex min-h-6 items-center gap-2">
          <input
            type="checkbox"
            checked={letters}
            onChange={(e) => letterKeys.set(e.target.checked)}
            className="size-4 accent-[var(--accent)]"
          />
          {t('Single letters are commands')}
        </label>
        <Button size="small" onClick={() => keymapOpen.set('change')}>
          {t('Change the keys…')}
        </Button>
      </Row>
    </Group>
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
