import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import {
  restoreVocabulary,
  type VocabularyChange,
  type VocabularyKind,
  vocabularyChangesQuery,
} from '../../../api/queries/vocabulary'
import { list } from '../../../lib/list'
import { Button } from '../../../ui/button'
import { Failed } from '../../../ui/states'
import { attempt, done } from '../../../ui/undo'
import { When } from '../../../ui/when'

const FEW = 3

interface HistoryProps {
  readonly kind: VocabularyKind
  readonly title: string
}

/** Who changed the numbers or products, and the way back to how they were. */
export function History({ kind, title }: HistoryProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const query = useQuery(vocabularyChangesQuery(kind))
  const [all, setAll] = useState(false)
  const items = list(query.data)
  const did: Readonly<Record<VocabularyChange['change'], string>> = {
    added: t('Added'),
    removed: t('Removed'),
    replaced: t('Replaced'),
    undone: t('Taken back'),
  }
  const back = (c: VocabularyChange) =>
    attempt(t('Could not be undone'), async () => {
      const newest = items[0]?.version ?? c.version
      await restoreVocabulary(client, kind, c.version - 1)
      done(t('It is as it was before'), () => restoreVocabulary(client, kind, newest))
    })
  if (query.isError)
    return <Failed error={query.error} what={t('The history could not be read')} retry={() => void query.refetch()} />
  if (items.length === 0) return null
  return (
    <section aria-label={title} className="mt-5">
      <h3 className="mb-1 text-label font-medium text-muted">{title}</h3>
      <ul>
        {(all ? items : items.slice(0, FEW)).map((c, i) => (
          <li key={c.version} className="flex flex-wrap items-center gap-x-3 py-1 text-label">
            <p className="min-w-0 flex-1 basis-56 text-muted [overflow-wrap:anywhere]">
              <span className="text-text">
                {did[c.change]}
                {c.text ? ` “${c.text}”` : ''}
              </span>
              , {t('then {{n}} in all', { n: c.items })}. {c.author}, <When at={c.at} />
            </p>
            {c.back && c.change !== 'undone' ? (
              <Button
                size="small"
                look="ghost"
                aria-label={`${i === 0 ? t('Take back') : t('Go back to before')}: ${did[c.change]} ${c.text}`}
                onClick={() => back(c)}
              >
                {i === 0 ? t('Take back') : t('Go back to before')}
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {items.length > FEW && !all ? (
        <Button size="small" look="ghost" onClick={() => setAll(true)}>
          {t('Show {{n}} more', { n: items.length - FEW })}
        </Button>
      ) : null}
    </section>
  )
}
