/**
 * Marks a text that is said elsewhere with t(), so that it is found for translation.
 * The text stays as it is: it is the key.
 */
export const say = <T extends string>(text: T): T => text
