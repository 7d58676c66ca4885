import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { en } from './en'
import { chosenLanguage, direction, type Language, preferred } from './languages'

type Words = Readonly<Record<string, string>>

// Only the language in use is loaded.
const WORDS = import.meta.glob<Words>('./*.json', { import: 'default' })

// Keys are the English text, so points and colons in them mean nothing.
void i18next.use(initReactI18next).init({
  lng: 'en',
  fallbackLng: 'en',
  keySeparator: false,
  nsSeparator: false,
  // React escapes what it draws.
  interpolation: { escapeValue: false },
  resources: { en: { translation: en } },
  initAsync: false,
})

const wanted = (): Language => chosenLanguage.get() || preferred(navigator.languages)

async function speak(language: Language): Promise<void> {
  const load = WORDS[`./${language}.json`]
  if (load && !i18next.hasResourceBundle(language, 'translation')) {
    try {
      i18next.addResourceBundle(language, 'translation', await load())
    } catch {
      // Without a connection the texts that are there stay.
      return
    }
  }
  // Somebody may have chosen another one meanwhile.
  if (language !== wanted()) return
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
  document.documentElement.dir = direction(language)
}

/** Speaks the language of the person, or of the browser, and follows the choice. */
export function startLanguage(): Promise<void> {
  chosenLanguage.subscribe(() => void speak(wanted()))
  return speak(wanted())
}
