// The page that stands where the console can't be reached: in the person's language and
// colours, which this browser remembers.
const words = WORDS
const remembered = (name) => {
  try {
    return JSON.parse(localStorage.getItem(`rapport.${name}`) ?? '""')
  } catch {
    return ''
  }
}
const wanted = [remembered('language'), ...navigator.languages].map((tag) => String(tag).toLowerCase().split('-')[0])
const language = wanted.find((tag) => Object.hasOwn(words, tag)) ?? 'en'
const theme = remembered('theme')
document.documentElement.lang = language
document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr'
if (theme === 'light' || theme === 'dark') document.documentElement.style.colorScheme = theme
for (const element of document.querySelectorAll('[data-words]'))
  element.textContent = words[language][element.dataset.words]

const again = () => location.reload()
document.querySelector('button').addEventListener('click', again)
addEventListener('online', again)
