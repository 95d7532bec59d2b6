/** One plain address: no name, no list, nothing that has a meaning in a mail header. */
export const emailAddressPattern = /^[^\s\p{Cc}@<>(),;:"[\]\\]+@[^\s\p{Cc}@<>(),;:"[\]\\]+$/u;
