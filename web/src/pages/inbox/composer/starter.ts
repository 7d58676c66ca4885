import StarterKit from '@tiptap/starter-kit'

/** What an answer or a signature may hold. */
export const starter = () =>
  StarterKit.configure({
    heading: false,
    horizontalRule: false,
    link: { openOnClick: false, autolink: true, defaultProtocol: 'https' },
  })
