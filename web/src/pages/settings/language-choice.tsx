import { useTranslation } from 'react-i18next'
import { chosenLanguage, isLanguage, LANGUAGES } from '../../i18n/languages'
import { useStore } from '../../lib/store'
import { cx } from '../../ui/cx'
import { INPUT } from '../../ui/field'

/** In which language the console speaks. */
export function LanguageChoice() {
  const { t } = useTranslation()
  const chosen = useStore(chosenLanguage)
  return (
    <select
      aria-label={t('Language')}
      value={chosen}
      onChange={(e) => chosenLanguage.set(isLanguage(e.target.value) ? e.target.value : '')}
      className={cx(INPUT, '!w-auto pr-2')}
    >
      <option value="">{t('As the browser')}</option>
      {Object.entries(LANGUAGES)
        .filter(([, { whole }]) => whole)
        .map(([id, { name }]) => (
          <option key={id} value={id} lang={id}>
            {name}
          </option>
        ))}
    </select>
  )
}
