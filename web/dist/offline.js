// The page that stands where the console can't be reached: in the person's language and
// colours, which this browser remembers.
const words = {"en":{"title":"No connection","text":"Your drafts are kept on this device. Answers that wait are sent as soon as Rapport is within reach again.","again":"Try again"},"de":{"title":"Keine Verbindung","text":"Ihre Entwürfe bleiben auf diesem Gerät erhalten. Antworten, die warten, werden gesendet, sobald Rapport wieder erreichbar ist.","again":"Noch einmal versuchen"},"es":{"title":"Sin conexión","text":"Sus borradores se conservan en este dispositivo. Las respuestas en espera se envían en cuanto se pueda acceder de nuevo a Rapport.","again":"Intentar de nuevo"},"pt":{"title":"Sem ligação","text":"Os seus rascunhos ficam guardados neste dispositivo. As respostas em espera são enviadas assim que o Rapport voltar a estar acessível.","again":"Tentar de novo"},"fr":{"title":"Pas de connexion","text":"Vos brouillons sont conservés sur cet appareil. Les réponses en attente partent dès que Rapport est de nouveau joignable.","again":"Réessayer"},"it":{"title":"Nessuna connessione","text":"Le bozze restano su questo dispositivo. Le risposte in attesa partono appena Rapport è di nuovo raggiungibile.","again":"Riprova"},"nl":{"title":"Geen verbinding","text":"Je concepten blijven op dit apparaat bewaard. Antwoorden die wachten gaan weg zodra Rapport weer bereikbaar is.","again":"Opnieuw proberen"},"pl":{"title":"Brak połączenia","text":"Szkice są zachowane na tym urządzeniu. Oczekujące odpowiedzi zostaną wysłane, gdy tylko Rapport będzie znów dostępny.","again":"Spróbuj ponownie"},"ar":{"title":"لا يوجد اتصال","text":"مسوداتك محفوظة على هذا الجهاز. تُرسل الردود المنتظرة حالما يصبح Rapport متاحًا من جديد.","again":"حاول مرة أخرى"},"ja":{"title":"接続できません","text":"下書きはこの端末に保存されています。送信待ちの返信は、Rapport に再びつながり次第送られます。","again":"もう一度試す"}}
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
