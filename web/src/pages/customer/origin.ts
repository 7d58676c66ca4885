import { useTranslation } from 'react-i18next'
import type { Interaction, Reading } from '../../api/types'
import { exact } from '../../lib/time'

/** Labels that models read; the others are found by rules. */
export type Part = 'intent' | 'model' | 'rule'

/** Says where a label of a reading comes from: a person, an earlier label, a model or a rule. */
export function useOrigin(): (item: Interaction, reading: Reading, part: Part, rule?: string) => string {
  const { t } = useTranslation()
  return (item, reading, part, rule) => {
    const by = item.correction
    if (part === 'intent' && by) return t('{{name}} said so, {{when}}', { name: by.author, when: exact(by.at) })
    const like = reading.labelled
    if (part === 'intent' && like)
      return t('As {{name}} labelled a text that is nearly the same, {{when}}', {
        name: like.author,
        when: exact(like.at),
      })
    const second = reading.second
    if (part === 'intent' && second)
      return t('Read by the second reader, {{model}}, {{when}}. Nobody has measured how sure it is', {
        model: second.model,
        when: exact(second.at),
      })
    if (part === 'rule') return t('By rule: {{rule}}', { rule: rule ?? '' })
    // A person may have corrected the intent; the rest is as the model read it.
    const model = reading.model.startsWith('person:') ? '' : reading.model
    return model ? t('Read by {{model}}', { model }) : t('Read by the model')
  }
}
