import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { sessionQuery } from '../../api/queries/session'
import { activateModel, modelsQuery } from '../../api/queries/settings'
import type { IntentModel } from '../../api/types'
import { list } from '../../lib/list'
import { isSet } from '../../lib/time'
import { percent } from '../../lib/words'
import { Button } from '../../ui/button'
import { Chip } from '../../ui/chip'
import { Failed, Skeleton } from '../../ui/states'
import { attempt, done } from '../../ui/undo'
import { When } from '../../ui/when'
import { Group } from './group'

/** What reads what customers want: each training with its figures, and the way back. */
export function Models() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(modelsQuery)
  const models = list(query.data?.items)
  const may = list(useSuspenseQuery(sessionQuery).data.verbs).includes('settings')
  const active = models.find((m) => m.active)?.version ?? 0
  const before = models.find((m) => m.usable && m.version < active)
  const use = (m: IntentModel) =>
    attempt(t('The model was not changed'), async () => {
      await activateModel(client, m.version)
      done(t('What comes in is read by it now'), () => activateModel(client, active))
    })
  return (
    <Group title={t('What reads intents')}>
      <p className="mb-2 max-w-[60ch] text-muted">
        {t(
          'Corrections count at once. After 25 of them Rapport trains again, compares on texts that neither model has seen, and uses the new one only when it is not worse.',
        )}
      </p>
      {query.isError ? (
        <Failed error={query.error} what={t('The trainings could not be read')} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton rows={2} />
      ) : (
        <ul className="border-t border-line">
          {models.map((m) => (
            <li
              key={m.version}
              className="flex min-h-14 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line py-2"
            >
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {m.version === 0 ? t('Built in') : t('Training {{n}}', { n: m.version })}
                  {m.active ? <Chip tone="success">{t('In use')}</Chip> : null}
                  {m.usable ? null : <Chip tone="warning">{t('Not better, not used')}</Chip>}
                </p>
                <Figures model={m} />
              </div>
              {!may || !m.usable ? null : m.active ? (
                before ? (
                  <Button onClick={() => use(before)}>{t('Roll back')}</Button>
                ) : null
              ) : (
                <Button onClick={() => use(m)} aria-label={`${t('Use it again')}: ${m.version}`}>
                  {t('Use it again')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Group>
  )
}

function Figures({ model: m }: { readonly model: IntentModel }) {
  const { t } = useTranslation()
  if (m.version === 0)
    return <p className="text-label text-muted">{t('Comes with Rapport, for firms that have not trained one.')}</p>
  return (
    <p className="text-label text-muted">
      {isSet(m.at) ? <When at={m.at ?? ''} /> : null} {m.author},{' '}
      {t('{{texts}} texts of {{intents}} intents', { texts: m.texts, intents: m.intents })}
      {m.usable && m.covered > 0
        ? `. ${t('Reads {{covered}} of unseen texts, {{precision}} of them right', { covered: percent(m.covered), precision: percent(m.precision) })}`
        : ''}
      {m.before > 0
        ? `. ${t('Before {{before}}, after {{after}} right on the same texts', { before: percent(m.before), after: percent(m.after) })}`
        : ''}
      {list(m.worse).length > 0 ? `. ${t('Would lose: {{intents}}', { intents: list(m.worse).join(', ') })}` : ''}
    </p>
  )
}
