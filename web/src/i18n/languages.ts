import { createKeptStore } from '../lib/store'

/**
 * The languages of the console, each by its own name. Whole ones have every text and are
 * offered; the others are prepared: a text that one lacks is said in English.
 */
export const LANGUAGES = {
  en: { name: 'English', whole: true },
  de: { name: 'Deutsch', whole: true },
  es: { name: 'Español', whole: true },
  pt: { name: 'Português', whole: true },
  fr: { name: 'Français', whole: false },
  it: { name: 'Italiano', whole: false },
  nl: { name: 'Nederlands', whole: false },
  pl: { name: 'Polski', whole: false },
  ar: { name: 'العربية', whole: false },
  ja: { name: '日本語', whole: false },
} as const

export type Language = keyof typeof LANGUAGES
export const isLanguage = (name: string): name is Language => Object.hasOwn(LANGUAGES, name)

/** The language that a person chose; empty follows the browser. */
export const chosenLanguage = createKeptStore<Language | ''>('language', '')

/** The first language of the browser that the console speaks as a whole. */
export function preferred(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const name = tag.toLowerCase().split('-')[0] ?? ''
    if (isLanguage(name) && LANGUAGES[name].whole) return name
  }
  return 'en'
}

export const direction = (language: Language): 'ltr' | 'rtl' => (language === 'ar' ? 'rtl' : 'ltr')

// English dates are day before month, as the texts around them are British.
export const locale = (language: string): string => (language === 'en' ? 'en-GB' : language)
