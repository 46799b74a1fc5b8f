// Pictures cut from one sheet, each a button with a word below; says which was chosen; knows nothing of what they show.
export default function ({ data, parentElement, setTriggerValue }) {
  const group = parentElement.querySelector(".gallery")
  const element = keep(group, () => ({}))
  group.setAttribute("aria-label", data.label)
  group.style.setProperty("--side", data.side + "px")
  while (group.children.length > data.items.length) group.lastChild.remove()
  while (group.children.length < data.items.length) {
    const button = document.createElement("button")
    button.type = "button"
    button.append(document.createElement("i"), document.createElement("span"))
    group.appendChild(button)
  }
  const part = (place, count) => (count > 1 ? (100 * place) / (count - 1) : 0) + "%"
  data.items.forEach((item, index) => {
    const button = group.children[index]
    const [picture, word] = button.children
    picture.style.backgroundImage = `url(${appAddress(data.sheet.url)})`
    picture.style.backgroundSize = `${data.sheet.columns * 100}% ${data.sheet.rows * 100}%`
    picture.style.backgroundPosition =
      part(index % data.sheet.columns, data.sheet.columns) + " " + part(Math.floor(index / data.sheet.columns), data.sheet.rows)
    word.textContent = item.text
    button.className = item.state
    button.setAttribute("aria-label", item.label)
    if (data.chosen === null) button.removeAttribute("aria-pressed")
    else button.setAttribute("aria-pressed", item.value === data.chosen)
    button.title = item.label
    button.onclick = () => setTriggerValue("chosen", item.value)
  })
  rove(group, [...group.children], data.items.findIndex((item) => item.value === data.chosen))
  return element.cleanup
}
