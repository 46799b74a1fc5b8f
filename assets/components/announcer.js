// Says a sentence to those who listen to the page, once for each that is new; shows nothing.
export default function ({ data, parentElement }) {
  const told = parentElement.querySelector("p")
  const element = keep(told, () => ({}))
  if (told.textContent !== data.words) told.textContent = data.words
  return element.cleanup
}
