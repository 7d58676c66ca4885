import { useTranslation } from 'react-i18next'
import { LOWEST, type SurveyKind, scoreTone } from '../lib/survey'
import { Chip } from './chip'

interface ScoreChipProps {
  readonly kind: SurveyKind
  readonly score: number
  readonly high: number
}

/** What somebody answered, said as "2 of 5". */
export function ScoreChip({ kind, score, high }: ScoreChipProps) {
  const { t } = useTranslation()
  return (
    <Chip tone={scoreTone(kind, score)} title={t('From {{low}} to {{high}}', { low: LOWEST[kind], high })}>
      {t('{{score}} of {{high}}', { score, high })}
    </Chip>
  )
}
